//! A shop's time zone: local days, and how pages show instants.
//!
//! A response is counted under the local day on which it came, so that a day of 23 or 25 hours is one day. If the
//! shop moves to another zone, earlier responses stay on their day.

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, Zoned};

#[derive(Debug, Clone)]
pub struct ShopZone(TimeZone);

impl ShopZone {
    /// UTC if the IANA name is unknown.
    pub fn from_name(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    pub fn is_zone(name: &str) -> bool {
        TimeZone::get(name).is_ok()
    }

    /// Zones named after a place, and UTC.
    pub fn zones() -> Vec<String> {
        const PLACES: [&str; 9] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        let named = jiff::tz::db().available().map(|name| name.as_str().to_owned());
        let mut zones: Vec<String> =
            named.filter(|name| name == "UTC" || PLACES.iter().any(|p| name.starts_with(p))).collect();
        zones.sort();
        zones
    }

    fn to_zoned(&self, at_ms: i64) -> Zoned {
        Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.0.clone())
    }

    pub fn day(&self, at_ms: i64) -> Date {
        self.to_zoned(at_ms).date()
    }

    /// The local day of an instant, counted from 1970-01-01.
    pub fn number(&self, at_ms: i64) -> i32 {
        Self::day_number(self.day(at_ms))
    }

    /// Counted from 1970-01-01.
    pub fn day_number(day: Date) -> i32 {
        day.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
    }

    /// From Monday 00:00 = 0 to Sunday 23:00 = 167.
    pub fn hour_of_week(&self, at_ms: i64) -> i32 {
        let local = self.to_zoned(at_ms);
        i32::from(local.weekday().to_monday_zero_offset()) * 24 + i32::from(local.hour())
    }

    pub fn date_from_number(day: i32) -> Date {
        Self::before(Date::constant(1970, 1, 1), day.saturating_neg())
    }

    pub fn begins_at_ms(&self, day: Date) -> i64 {
        day.to_zoned(self.0.clone()).map_or(0, |midnight| midnight.timestamp().as_millisecond())
    }

    pub fn at_hour_ms(&self, day: Date, hour: i8) -> i64 {
        let local = day.at(hour, 0, 0, 0).to_zoned(self.0.clone());
        local.map_or(0, |then| then.timestamp().as_millisecond())
    }

    /// 0 to 1,439.
    pub fn minute_of_day(&self, at_ms: i64) -> u16 {
        let local = self.to_zoned(at_ms);
        u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or_default()
    }

    /// The first instant at which the clocks show this minute (0 to 1,440) of a day, or at which they jump over it.
    pub fn first_at_ms(&self, day: i32, minute: u16) -> i64 {
        self.at_minute_ms(day, minute, false)
    }

    /// The last such instant: where clocks go back they show it twice.
    pub fn last_at_ms(&self, day: i32, minute: u16) -> i64 {
        self.at_minute_ms(day, minute, true)
    }

    fn at_minute_ms(&self, day: i32, minute: u16, is_last: bool) -> i64 {
        let since_midnight = Span::new().minutes(minute);
        let shown = Self::date_from_number(day).at(0, 0, 0, 0).saturating_add(since_midnight);
        let found = self.0.to_ambiguous_timestamp(shown);
        let instant = match found.offset() {
            AmbiguousOffset::Gap { .. } => found.later().map(|after_the_jump| {
                self.0.preceding(after_the_jump).next().map_or(after_the_jump, |jump| jump.timestamp())
            }),
            _ if is_last => found.later(),
            _ => found.earlier(),
        };
        instant.map_or(0, Timestamp::as_millisecond)
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(day: i32) -> usize {
        usize::try_from(Self::date_from_number(day).weekday().to_monday_zero_offset()).unwrap_or_default()
    }

    pub fn midnight_after_ms(&self, at_ms: i64) -> i64 {
        self.begins_at_ms(Self::before(self.day(at_ms), -1))
    }

    /// After, for a negative number.
    pub fn before(day: Date, days: i32) -> Date {
        day.checked_sub(Span::new().days(days)).unwrap_or(day)
    }

    /// `24 August`.
    pub fn format_date(day: Date) -> String {
        format!("{} {}", day.day(), day.strftime("%B"))
    }

    /// `24 Aug`, for charts.
    pub fn format_date_short(day: Date) -> String {
        format!("{} {}", day.day(), day.strftime("%b"))
    }

    /// `Saturday 21 November`.
    pub fn format_weekday(day: Date) -> String {
        format!("{} {} {}", day.strftime("%A"), day.day(), day.strftime("%B"))
    }

    /// `14:46 today`, `18:12 yesterday`, `Thursday 14:02`, `3 August 09:10`, `3 August 2025, 09:10`.
    pub fn format_instant(&self, at_ms: i64, now_ms: i64) -> String {
        let (then, now) = (self.to_zoned(at_ms), self.to_zoned(now_ms));
        let clock = then.strftime("%H:%M");
        let days_ago = (now.date() - then.date()).get_days();
        match days_ago {
            0 => format!("{clock} today"),
            1 => format!("{clock} yesterday"),
            2..=6 => format!("{} {clock}", then.strftime("%A")),
            _ if then.year() == now.year() => format!("{} {clock}", Self::format_date(then.date())),
            _ => format!("{} {}, {clock}", Self::format_date(then.date()), then.year()),
        }
    }

    /// `14:46`.
    pub fn clock(&self, at_ms: i64) -> String {
        self.to_zoned(at_ms).strftime("%H:%M").to_string()
    }

    /// `2026-11-21 14:46`, which sorts as text.
    pub fn stamp(&self, at_ms: i64) -> String {
        self.to_zoned(at_ms).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// Offset from UTC: `+01:00`.
    pub fn offset(&self, at_ms: i64) -> String {
        self.to_zoned(at_ms).strftime("%:z").to_string()
    }

    pub fn greeting(&self, now_ms: i64) -> &'static str {
        match self.to_zoned(now_ms).hour() {
            5..=11 => "Good morning",
            12..=17 => "Good afternoon",
            _ => "Good evening",
        }
    }
}

/// RFC 3339 in UTC, for a `datetime` attribute.
pub fn iso_timestamp(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// Days, the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub first: Date,
    pub last: Date,
    pub days: u32,
}

/// The periods offered for a summary, in days.
pub const PERIODS: [u32; 4] = [7, 30, 90, 365];
/// The longest period that can be chosen: two years, with the day of a leap year.
pub const PERIOD_MAX_DAYS: u32 = 731;

impl Period {
    /// Today included.
    pub fn ending(today: Date, days: u32) -> Self {
        let back = i32::try_from(days).unwrap_or(1) - 1;
        Self { first: ShopZone::before(today, back), last: today, days }
    }

    /// Both included; `None` if they are reversed or more than [`PERIOD_MAX_DAYS`].
    pub fn between(first: Date, last: Date) -> Option<Self> {
        let days = ShopZone::day_number(last).checked_sub(ShopZone::day_number(first))?.checked_add(1)?;
        let days = u32::try_from(days).ok().filter(|days| (1..=PERIOD_MAX_DAYS).contains(days))?;
        Some(Self { first, last, days })
    }

    /// Of the same length.
    pub fn before(self) -> Self {
        Self::ending(ShopZone::before(self.first, 1), self.days)
    }

    /// Unix milliseconds, UTC; the end is excluded.
    pub fn bounds_ms(self, zone: &ShopZone) -> (i64, i64) {
        (zone.begins_at_ms(self.first), zone.begins_at_ms(ShopZone::before(self.last, -1)))
    }

    /// The first day and the day after the last, counted from 1970-01-01.
    pub fn day_numbers(self) -> (i32, i32) {
        (ShopZone::day_number(self.first), ShopZone::day_number(self.last) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn an_evening_in_new_york_is_the_next_day_in_auckland() {
        let instant = at("2026-11-21T23:30:00Z");
        assert_eq!(ShopZone::from_name("UTC").day(instant), date(2026, 11, 21));
        assert_eq!(ShopZone::from_name("America/New_York").day(instant), date(2026, 11, 21));
        assert_eq!(ShopZone::from_name("Pacific/Auckland").day(instant), date(2026, 11, 22));
        assert_eq!(ShopZone::from_name("Asia/Kathmandu").day(at("2026-11-21T18:15:00Z")), date(2026, 11, 22));
    }

    #[test]
    fn a_day_of_23_hours_and_a_day_of_25_hours_are_one_day_each() {
        let berlin = ShopZone::from_name("Europe/Berlin");
        for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)] {
            let (from, until) = (berlin.begins_at_ms(day), berlin.begins_at_ms(ShopZone::before(day, -1)));
            assert_eq!((until - from) / 3_600_000, hours, "{day}");
            assert_eq!((berlin.day(from), berlin.day(until - 1)), (day, day));
        }
    }

    #[test]
    fn a_midnight_that_does_not_exist_begins_the_day_when_it_does() {
        let beirut = ShopZone::from_name("Asia/Beirut");
        let day = date(2026, 3, 29);
        assert_eq!(beirut.day(beirut.begins_at_ms(day)), day);
    }

    #[test]
    fn days_and_clocks_are_told_in_the_zone() {
        let auckland = ShopZone::from_name("Pacific/Auckland");
        let at_ms = at("2026-11-21T23:30:00Z");
        let day = ShopZone::day_number(date(2026, 11, 22));
        assert_eq!((auckland.number(at_ms), auckland.minute_of_day(at_ms)), (day, 12 * 60 + 30));
        assert_eq!(ShopZone::weekday(day), 6);
        assert_eq!(auckland.first_at_ms(day, 12 * 60 + 30), at_ms);
    }

    #[test]
    fn a_minute_that_clocks_show_twice_or_never_has_a_first_and_a_last_instant() {
        let berlin = ShopZone::from_name("Europe/Berlin");
        let (spring, autumn) =
            (ShopZone::day_number(date(2026, 3, 29)), ShopZone::day_number(date(2026, 10, 25)));
        for minute in [121, 150, 179] {
            let jump = at("2026-03-29T01:00:00Z");
            assert_eq!([berlin.first_at_ms(spring, minute), berlin.last_at_ms(spring, minute)], [jump; 2]);
        }
        let half_past_two = [berlin.first_at_ms(autumn, 150), berlin.last_at_ms(autumn, 150)];
        assert_eq!(half_past_two, [at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")]);
        assert_eq!(berlin.last_at_ms(autumn, 1_440), at("2026-10-25T23:00:00Z"), "the end of a day");
        assert_eq!(berlin.midnight_after_ms(at("2026-10-24T22:00:00Z")), at("2026-10-25T23:00:00Z"));
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        assert!(
            ShopZone::is_zone("Europe/Berlin")
                && !ShopZone::is_zone("Europe/Atlantis")
                && !ShopZone::is_zone("")
        );
        assert_eq!(ShopZone::from_name("Europe/Atlantis").begins_at_ms(date(1970, 1, 2)), 86_400_000);
        assert!(ShopZone::zones().len() > 300 && ShopZone::zones().contains(&"UTC".to_owned()));
    }

    #[test]
    fn periods_touch_and_do_not_overlap() {
        let period = Period::ending(date(2026, 11, 21), 90);
        assert_eq!(period.first, date(2026, 8, 24));
        assert_eq!(ShopZone::before(period.first, 1), period.before().last);
        assert_eq!(period.before().day_numbers().1, period.day_numbers().0);
        assert_eq!(period.day_numbers().1 - period.day_numbers().0, 90);
        assert_eq!(Period::ending(date(2026, 1, 1), 1).first, date(2026, 1, 1));
        assert_eq!(Period::between(period.first, period.last), Some(period));
        assert_eq!(Period::between(date(2026, 2, 1), date(2026, 2, 1)).unwrap().days, 1);
        assert_eq!(Period::between(date(2026, 2, 2), date(2026, 2, 1)), None);
        assert_eq!(Period::between(date(2024, 1, 1), date(2025, 12, 31)).unwrap().days, 731);
        assert_eq!(Period::between(date(2024, 1, 1), date(2026, 1, 1)), None);
    }

    #[test]
    fn times_are_said_by_how_near_they_are() {
        let berlin = ShopZone::from_name("Europe/Berlin");
        let now = at("2026-11-21T14:00:00Z");
        for (then, said) in [
            ("2026-11-21T13:46:00Z", "14:46 today"),
            ("2026-11-20T22:59:00Z", "23:59 yesterday"),
            ("2026-11-20T23:01:00Z", "00:01 today"),
            ("2026-11-19T13:02:00Z", "Thursday 14:02"),
            ("2026-08-03T07:10:00Z", "3 August 09:10"),
            ("2025-08-03T07:10:00Z", "3 August 2025, 09:10"),
        ] {
            assert_eq!(berlin.format_instant(at(then), now), said, "{then}");
        }
        assert_eq!(berlin.greeting(now), "Good afternoon");
        assert_eq!(berlin.stamp(now), "2026-11-21 15:00");
        assert_eq!(berlin.offset(now), "+01:00");
        assert_eq!(iso_timestamp(now), "2026-11-21T14:00:00Z");
    }
}
