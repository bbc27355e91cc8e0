//! A shop's opening hours, and how much of them lies between two instants.

use crate::time::clock::MINUTE_MS;
use crate::time::zone::ShopZone;
use serde::{Deserialize, Serialize};

/// How far ahead the next opening is searched.
const LOOKS_AHEAD_DAYS: i32 = 370;

/// Minutes of a local day, 0 to 1,440; the end is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OpeningSpan {
    pub from_min: u16,
    pub until_min: u16,
}

/// Days are counted from 1970-01-01; the last one is included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holiday {
    pub first_day: i32,
    pub last_day: i32,
    #[serde(default)]
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpeningHours {
    /// From Monday to Sunday; the spans of a day in order and disjoint, none where it is closed.
    pub week: [Vec<OpeningSpan>; 7],
    pub holidays: Vec<Holiday>,
}

impl Default for OpeningHours {
    /// A shop without settings counts every hour.
    fn default() -> Self {
        Self {
            week: std::array::from_fn(|_| vec![OpeningSpan { from_min: 0, until_min: 1_440 }]),
            holidays: Vec::new(),
        }
    }
}

/// Unix milliseconds, UTC, the end excluded.
type Stretch = (i64, i64);

impl OpeningHours {
    pub fn is_always(&self) -> bool {
        let whole = [OpeningSpan { from_min: 0, until_min: 1_440 }];
        self.holidays.is_empty() && self.week.iter().all(|day| day == &whole)
    }

    pub fn is_never(&self) -> bool {
        self.week.iter().all(Vec::is_empty)
    }

    /// The average length of the days on which it is open.
    pub fn open_day_ms(&self) -> i64 {
        let length = |s: &OpeningSpan| i64::from(s.until_min) - i64::from(s.from_min);
        let minutes: i64 = self.week.iter().flatten().map(length).sum();
        let days = self.week.iter().filter(|day| !day.is_empty()).count();
        minutes * MINUTE_MS / i64::try_from(days.max(1)).unwrap_or(1)
    }

    pub fn stretches_of_day(&self, day: i32, zone: &ShopZone) -> Vec<Stretch> {
        if self.holidays.iter().any(|h| (h.first_day..=h.last_day).contains(&day)) {
            return Vec::new();
        }
        self.week[ShopZone::weekday(day)]
            .iter()
            .map(|span| (zone.first_at_ms(day, span.from_min), zone.last_at_ms(day, span.until_min)))
            .filter(|(from, until)| from < until)
            .collect()
    }

    /// 0 if the second instant is not after the first.
    pub fn open_between(&self, from_ms: i64, until_ms: i64, zone: &ShopZone) -> i64 {
        if self.is_always() {
            return (until_ms - from_ms).max(0);
        }
        let days = zone.number(from_ms)..=zone.number(until_ms);
        let within = |(from, until): Stretch| (until.min(until_ms) - from.max(from_ms)).max(0);
        days.flat_map(|day| self.stretches_of_day(day, zone)).map(within).sum()
    }

    /// The instant by which it will have been open for `open_ms` since `from_ms`; `None` if that is more than a year
    /// ahead.
    pub fn after_open(&self, from_ms: i64, open_ms: i64, zone: &ShopZone) -> Option<i64> {
        if self.is_always() {
            return Some(from_ms + open_ms);
        }
        let mut left = open_ms;
        for (from, until) in self.stretches_from(from_ms, zone) {
            let from = from.max(from_ms);
            if until - from >= left {
                return Some(from + left);
            }
            left -= until - from;
        }
        None
    }

    /// When it closes, if it is open; spans that touch at midnight count as one.
    pub fn open_until(&self, at_ms: i64, zone: &ShopZone) -> Option<i64> {
        let mut end = None;
        for (from, until) in self.stretches_from(at_ms, zone) {
            match end {
                None if from <= at_ms => end = Some(until),
                Some(so_far) if from <= so_far => end = Some(until),
                _ => break,
            }
        }
        end
    }

    /// When it opens next; `None` if it is open, or stays closed for a year.
    pub fn opens_at(&self, at_ms: i64, zone: &ShopZone) -> Option<i64> {
        let next = self.stretches_from(at_ms, zone).next()?;
        (next.0 > at_ms).then_some(next.0)
    }

    /// The stretches that end after an instant, in order.
    fn stretches_from<'a>(&'a self, at_ms: i64, zone: &'a ShopZone) -> impl Iterator<Item = Stretch> + 'a {
        // Includes the day before, which may reach over midnight where clocks change.
        let first = zone.number(at_ms) - 1;
        let days = first..first + LOOKS_AHEAD_DAYS;
        days.flat_map(move |day| self.stretches_of_day(day, zone)).filter(move |(_, until)| *until > at_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn place(name: &str) -> ShopZone {
        assert!(ShopZone::is_zone(name), "{name}");
        ShopZone::from_name(name)
    }

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    fn day(year: i16, month: i8, day: i8) -> i32 {
        (date(year, month, day) - date(1970, 1, 1)).get_days()
    }

    /// Monday to Friday nine to six, Saturday ten to four, closed at Christmas.
    fn shop() -> OpeningHours {
        let nine_to_six = vec![OpeningSpan { from_min: 540, until_min: 1_080 }];
        let mut week: [Vec<OpeningSpan>; 7] = std::array::from_fn(|_| nine_to_six.clone());
        week[5] = vec![OpeningSpan { from_min: 600, until_min: 960 }];
        week[6] = Vec::new();
        let christmas = Holiday {
            first_day: day(2026, 12, 24),
            last_day: day(2026, 12, 27),
            name: "Christmas".to_owned(),
        };
        OpeningHours { week, holidays: vec![christmas] }
    }

    const HOUR: i64 = 60 * MINUTE_MS;

    #[test]
    fn only_opening_hours_count() {
        let berlin = place("Europe/Berlin");
        for (from, until, hours, why) in [
            ("2026-11-20T09:00:00Z", "2026-11-20T11:00:00Z", 2, "Friday ten to twelve"),
            ("2026-11-20T16:00:00Z", "2026-11-21T10:00:00Z", 2, "Friday five to six, Saturday ten to eleven"),
            ("2026-11-21T15:00:00Z", "2026-11-23T09:00:00Z", 1, "over a Sunday"),
            ("2026-12-23T16:00:00Z", "2026-12-28T09:00:00Z", 2, "over Christmas"),
            ("2026-11-22T00:00:00Z", "2026-11-22T23:00:00Z", 0, "on a Sunday"),
            ("2026-11-20T11:00:00Z", "2026-11-20T09:00:00Z", 0, "backwards"),
        ] {
            assert_eq!(shop().open_between(at(from), at(until), &berlin), hours * HOUR, "{why}");
        }
    }

    #[test]
    fn a_promise_runs_on_when_the_shop_opens_again() {
        let berlin = place("Europe/Berlin");
        for (from, hours, due, why) in [
            ("2026-11-20T09:00:00Z", 2, "2026-11-20T11:00:00Z", "the same day"),
            ("2026-11-20T16:00:00Z", 2, "2026-11-21T10:00:00Z", "Friday evening"),
            ("2026-11-21T16:00:00Z", 2, "2026-11-23T10:00:00Z", "Saturday night: Monday at eleven"),
            ("2026-12-23T16:30:00Z", 1, "2026-12-28T08:30:00Z", "before Christmas"),
            ("2026-11-20T04:00:00Z", 1, "2026-11-20T09:00:00Z", "before it opens"),
        ] {
            assert_eq!(shop().after_open(at(from), hours * HOUR, &berlin), Some(at(due)), "{why}");
        }
        let closed = OpeningHours { week: Default::default(), holidays: Vec::new() };
        assert_eq!(closed.after_open(at("2026-11-20T09:00:00Z"), HOUR, &berlin), None);
        assert!(closed.is_never() && closed.opens_at(0, &berlin).is_none());
    }

    #[test]
    fn nine_oclock_is_nine_oclock_in_summer_and_in_winter_and_everywhere() {
        for (zone, summer, winter) in [
            ("Europe/Berlin", "2026-07-01T07:00:00Z", "2026-12-01T08:00:00Z"),
            ("America/New_York", "2026-07-01T13:00:00Z", "2026-12-01T14:00:00Z"),
            ("Asia/Kathmandu", "2026-07-01T03:15:00Z", "2026-12-01T03:15:00Z"),
            ("Pacific/Auckland", "2026-06-30T21:00:00Z", "2026-11-30T20:00:00Z"),
            ("Australia/Lord_Howe", "2026-06-30T22:30:00Z", "2026-11-30T22:00:00Z"),
        ] {
            let zone = place(zone);
            for opens in [at(summer), at(winter)] {
                assert_eq!(shop().opens_at(opens - 1, &zone), Some(opens));
                assert_eq!(shop().open_until(opens, &zone), Some(opens + 9 * HOUR));
            }
        }
    }

    #[test]
    fn a_night_shift_over_a_change_of_clocks_is_as_long_as_it_was() {
        let berlin = place("Europe/Berlin");
        let mut nights = OpeningHours { week: Default::default(), holidays: Vec::new() };
        nights.week[6] = vec![OpeningSpan { from_min: 60, until_min: 240 }];
        let length = |from: &str, until: &str| nights.open_between(at(from), at(until), &berlin) / HOUR;
        assert_eq!(length("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 2, "clocks go forward at two");
        assert_eq!(length("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 4, "clocks go back at three");
        assert_eq!(length("2026-11-07T12:00:00Z", "2026-11-08T12:00:00Z"), 3, "any other night");
        nights.week[6] = vec![OpeningSpan { from_min: 150, until_min: 240 }];
        assert_eq!(nights.opens_at(at("2026-03-28T12:00:00Z"), &berlin), Some(at("2026-03-29T01:00:00Z")));
    }

    #[test]
    fn what_is_open_over_midnight_is_open_without_a_break() {
        let always = OpeningHours::default();
        let mut nearly = OpeningHours::default();
        nearly.week[2] = vec![OpeningSpan { from_min: 0, until_min: 720 }];
        let monday = at("2026-11-23T00:00:00Z");
        assert!(always.is_always() && !nearly.is_always());
        assert_eq!(nearly.open_until(monday + HOUR, &place("UTC")), Some(monday + 60 * HOUR));
        assert_eq!(nearly.opens_at(monday + 61 * HOUR, &place("UTC")), Some(monday + 72 * HOUR));
        assert_eq!(always.opens_at(monday, &place("UTC")), None);
        assert_eq!(always.open_day_ms(), 24 * HOUR);
        assert_eq!(shop().open_day_ms(), 51 * HOUR / 6);
    }

    fn hours() -> impl Strategy<Value = OpeningHours> {
        let day = proptest::collection::vec(0u16..=1_440, 0..5).prop_map(|mut ends| {
            ends.sort_unstable();
            ends.dedup();
            ends.chunks_exact(2).map(|e| OpeningSpan { from_min: e[0], until_min: e[1] }).collect::<Vec<_>>()
        });
        proptest::array::uniform7(day).prop_map(|week| OpeningHours { week, holidays: Vec::new() })
    }

    proptest! {
        #[test]
        fn what_is_due_after_so_much_opening_time_comes_after_just_so_much(
            hours in hours(),
            zone in proptest::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]),
            from in 1_760_000_000_000i64..1_790_000_000_000,
            open in 0i64..300 * HOUR,
        ) {
            let zone = place(zone);
            if let Some(due) = hours.after_open(from, open, &zone) {
                prop_assert!(due >= from);
                prop_assert_eq!(hours.open_between(from, due, &zone), open);
            }
        }

        #[test]
        fn time_adds_up(
            hours in hours(),
            from in 1_760_000_000_000i64..1_790_000_000_000,
            parts in proptest::array::uniform2(0i64..200 * HOUR),
        ) {
            let zone = place("Europe/Berlin");
            let (middle, end) = (from + parts[0], from + parts[0] + parts[1]);
            let whole = hours.open_between(from, end, &zone);
            let halves = hours.open_between(from, middle, &zone) + hours.open_between(middle, end, &zone);
            prop_assert_eq!(whole, halves);
            prop_assert!(whole <= end - from);
        }
    }
}
