//! The promised reply time. It is measured from the shop's own replies, is the time within which 9 of 10 visitors had
//! one, rounded up, and is left out where there is nothing to measure yet.

use crate::domain::opening_hours::OpeningHours;
use crate::time::clock::{HOUR_MS, MINUTE_MS};
use crate::time::zone::ShopZone;

/// Replies of this many days are measured.
pub const MEASURED_DAYS: i64 = 30;
/// With fewer replies nothing is promised.
pub const ANSWERS_MIN: usize = 5;
/// The slowest reply an owner may promise instead of the measured one.
pub const AT_LEAST_HOURS_MAX: u32 = 240;
/// A shorter queue does not make replies slow.
const LONG_QUEUE: i64 = 5;
/// Fewer late visitors may be late at random.
const LATE_MIN: i64 = 3;

/// A visitor who waits for a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingReply {
    /// So far, in milliseconds of opening hours.
    pub open_ms: i64,
    /// Whether it would be their first reply.
    pub is_first: bool,
}

/// Milliseconds of opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyTimes {
    pub median_ms: i64,
    pub p90_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyStatistics {
    /// First replies in [`MEASURED_DAYS`].
    pub answers: usize,
    /// `None` below [`ANSWERS_MIN`].
    pub times: Option<ReplyTimes>,
    /// Visitors in the queue.
    pub waiting: usize,
    /// Whether a visitor who writes now should expect more than the usual time.
    pub is_slow: bool,
}

impl ReplyStatistics {
    /// Measures first replies (milliseconds of opening hours, in any order) and the queue; `open_ms` is how long the
    /// shop was open in that time.
    ///
    /// Visitors who have waited for a first reply longer than 9 of 10 did count as if it had come now: a shop does
    /// not become faster by leaving visitors without a reply.
    pub fn of(mut replies_open_ms: Vec<i64>, waiting: &[PendingReply], open_ms: i64) -> Self {
        let answers = replies_open_ms.len();
        if answers < ANSWERS_MIN {
            return Self { answers, times: None, waiting: waiting.len(), is_slow: false };
        }
        replies_open_ms.sort_unstable();
        let usual_ms = at_rank(&replies_open_ms, 90);
        let is_slow = is_slow(usual_ms, &replies_open_ms, waiting, open_ms);
        let late = waiting.iter().filter(|w| w.is_first && w.open_ms > usual_ms);
        replies_open_ms.extend(late.map(|w| w.open_ms));
        replies_open_ms.sort_unstable();
        let times =
            ReplyTimes { median_ms: at_rank(&replies_open_ms, 50), p90_ms: at_rank(&replies_open_ms, 90) };
        Self { answers, times: Some(times), waiting: waiting.len(), is_slow }
    }

    /// An owner may promise less than was measured (`at_least_ms`), never more.
    pub fn promise(&self, hours: &OpeningHours, at_least_ms: i64) -> Option<ReplyWindow> {
        self.times.map(|times| ReplyWindow::of(times.p90_ms.max(at_least_ms), hours.open_day_ms()))
    }
}

/// The percentile of a sorted, non-empty list.
fn at_rank(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// Replies are slow if three times as many visitors as usual have waited longer than 9 of 10 did, and not at random;
/// or if as many wait as come in three days. Responses that came overnight wait every morning, and are no sign. How
/// many usually wait longer than a time follows from how much longer than that visitors waited. Source: J. D. C.
/// Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961).
fn is_slow(usual_ms: i64, replies_open_ms: &[i64], waiting: &[PendingReply], open_ms: i64) -> bool {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let late = count(waiting.iter().filter(|w| w.open_ms > usual_ms).count());
    let beyond_ms: i64 = replies_open_ms.iter().map(|ms| (ms - usual_ms).max(0)).sum();
    let in_queue = count(waiting.len());
    late >= LATE_MIN && late.saturating_mul(open_ms) > beyond_ms.saturating_mul(3)
        || in_queue >= LONG_QUEUE && in_queue * MEASURED_DAYS > count(replies_open_ms.len()) * 3
}

/// A duration in the units of a promise, rounded up, never down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyWindow {
    /// 15 or 30.
    Minutes(i64),
    Hours(i64),
    /// Days on which the shop is open.
    Days(i64),
}

impl ReplyWindow {
    /// `open_day_ms` is how long the shop is open on a day.
    pub fn of(open_ms: i64, open_day_ms: i64) -> Self {
        let (open_ms, open_day_ms) = (open_ms.max(1), open_day_ms.max(HOUR_MS));
        let up = |unit: i64| open_ms.div_euclid(unit) + i64::from(open_ms.rem_euclid(unit) > 0);
        match open_ms {
            ms if ms <= 15 * MINUTE_MS => Self::Minutes(15),
            ms if ms <= 30 * MINUTE_MS => Self::Minutes(30),
            _ if up(HOUR_MS) * HOUR_MS <= open_day_ms => Self::Hours(up(HOUR_MS)),
            _ => Self::Days(up(open_day_ms)),
        }
    }

    pub fn open_ms(self, open_day_ms: i64) -> i64 {
        match self {
            Self::Minutes(n) => n * MINUTE_MS,
            Self::Hours(n) => n * HOUR_MS,
            Self::Days(n) => n * open_day_ms.max(HOUR_MS),
        }
    }
}

/// Instants are Unix milliseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyPromise {
    /// The shop is open, until the promised time is over or longer.
    Within {
        within: ReplyWindow,
        /// When it closes today; `None` if it does not close today.
        until_ms: Option<i64>,
    },
    /// The shop is open, but closes before the promised time is over.
    By { by_ms: i64 },
    /// The shop is closed.
    Back {
        /// When it opens.
        at_ms: i64,
        /// When a reply is due then, if anything is promised.
        by_ms: Option<i64>,
    },
    /// Replies take longer than usual.
    Slow {
        /// Visitors in the queue.
        waiting: usize,
        /// When it opens, if it is closed.
        back_at_ms: Option<i64>,
    },
}

/// The promise at this instant, and until when it stays true; `None` if nothing is known.
pub fn current_promise(
    measured: &ReplyStatistics,
    hours: &OpeningHours,
    at_least_ms: i64,
    zone: &ShopZone,
    now_ms: i64,
) -> Option<(ReplyPromise, i64)> {
    let opens_at_ms = hours.opens_at(now_ms, zone);
    let closes_at_ms = hours.open_until(now_ms, zone);
    if opens_at_ms.is_none() && closes_at_ms.is_none() {
        return None;
    }
    let promise = measured.promise(hours, at_least_ms);
    let by_ms = promise.and_then(|within| kept_at_ms(within, hours, zone, now_ms));
    let promise = match (opens_at_ms, promise.zip(by_ms)) {
        (_, Some(_)) if measured.is_slow => {
            ReplyPromise::Slow { waiting: measured.waiting, back_at_ms: opens_at_ms }
        }
        (Some(at_ms), promise) => ReplyPromise::Back { at_ms, by_ms: promise.map(|(_, by_ms)| by_ms) },
        (None, None) => return None,
        (None, Some((within, by_ms))) => match closes_at_ms {
            Some(until_ms) if by_ms > until_ms => ReplyPromise::By { by_ms },
            until_ms => {
                // Closing at midnight counts as today.
                let ends_today = |until_ms: &i64| zone.number(until_ms - 1) == zone.number(now_ms);
                let until_ms = until_ms.filter(|_| !hours.is_always()).filter(ends_today);
                ReplyPromise::Within { within, until_ms }
            }
        },
    };
    let changes = opens_at_ms.into_iter().chain(closes_at_ms);
    Some((promise, changes.chain([zone.midnight_after_ms(now_ms)]).min().unwrap_or(now_ms)))
}

/// When a reply is due, rounded up to the half hour or to the end of a day.
fn kept_at_ms(within: ReplyWindow, hours: &OpeningHours, zone: &ShopZone, now_ms: i64) -> Option<i64> {
    let due_ms = hours.after_open(now_ms, within.open_ms(hours.open_day_ms()), zone)?;
    if hours.is_always() {
        return Some(due_ms);
    }
    let ends_ms = hours.open_until(due_ms - 1, zone)?;
    let rest_of_half_hour_ms = i64::from(30 - zone.minute_of_day(due_ms) % 30) * MINUTE_MS;
    let into_minute_ms = due_ms.rem_euclid(MINUTE_MS);
    let is_round = zone.minute_of_day(due_ms).is_multiple_of(30) && into_minute_ms == 0;
    let half_hour_ms = if is_round { due_ms } else { due_ms - into_minute_ms + rest_of_half_hour_ms };
    Some(match within {
        ReplyWindow::Minutes(_) | ReplyWindow::Hours(_) => half_hour_ms.min(ends_ms),
        ReplyWindow::Days(_) => ends_ms,
    })
}

#[cfg(test)]
pub(crate) mod fixtures {
    use super::*;
    use crate::domain::opening_hours::{Holiday, OpeningSpan};
    use jiff::civil::date;

    pub(crate) fn at(local: &str, zone: &str) -> i64 {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.to_zoned(jiff::tz::TimeZone::get(zone).unwrap()).unwrap().timestamp().as_millisecond()
    }

    pub(crate) fn span(from: u16, until: u16) -> OpeningSpan {
        OpeningSpan { from_min: from * 60, until_min: until * 60 }
    }

    /// Monday to Friday nine to six, Saturday ten to four, closed at Christmas.
    pub(crate) fn shop() -> OpeningHours {
        let mut week: [Vec<OpeningSpan>; 7] = std::array::from_fn(|_| vec![span(9, 18)]);
        week[5] = vec![span(10, 16)];
        week[6] = Vec::new();
        let day = |month, day| (date(2026, month, day) - date(1970, 1, 1)).get_days();
        let christmas = Holiday { first_day: day(12, 24), last_day: day(12, 27), name: String::new() };
        OpeningHours { week, holidays: vec![christmas] }
    }

    pub(crate) fn measured(answers: usize, each_ms: i64) -> ReplyStatistics {
        ReplyStatistics::of(vec![each_ms; answers], &[], 200 * HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::promise::fixtures::{measured, shop, span};
    use crate::time::clock::DAY_MS;
    use proptest::prelude::*;

    #[test]
    fn what_is_told_is_what_9_of_10_had_and_never_faster() {
        let times: Vec<i64> = (1..=20).map(|n| n * 10 * MINUTE_MS).collect();
        let ReplyStatistics { times: Some(ReplyTimes { median_ms, p90_ms }), .. } =
            ReplyStatistics::of(times, &[], 300 * HOUR_MS)
        else {
            panic!("20 answers are enough")
        };
        assert_eq!((median_ms / MINUTE_MS, p90_ms / MINUTE_MS), (100, 180));
        assert_eq!(measured(ANSWERS_MIN - 1, HOUR_MS).times, None);
        assert!(measured(ANSWERS_MIN, HOUR_MS).times.is_some());
    }

    #[test]
    fn a_shop_does_not_become_faster_by_leaving_people_waiting() {
        let p90 = |waiting: &[PendingReply]| {
            ReplyStatistics::of(vec![HOUR_MS; 20], waiting, 300 * HOUR_MS).times.unwrap().p90_ms
        };
        let waits = |hours: i64, is_first| PendingReply { open_ms: hours * HOUR_MS, is_first };
        assert_eq!(p90(&[waits(0, true); 9]), HOUR_MS, "whoever has just written says nothing yet");
        assert_eq!(p90(&[waits(30, true); 9]), 30 * HOUR_MS);
        assert_eq!(p90(&[waits(30, false); 9]), HOUR_MS, "they had a first answer");
    }

    #[test]
    fn it_is_slower_when_the_queue_says_so() {
        let slow = |answers: usize, waiting: &[i64]| {
            let waits = |hours: &i64| PendingReply { open_ms: hours * HOUR_MS, is_first: true };
            let waiting: Vec<PendingReply> = waiting.iter().map(waits).collect();
            // One in twenty took nine hours longer.
            let took = |n| if n % 20 == 0 { 10 * HOUR_MS } else { HOUR_MS };
            ReplyStatistics::of((0..answers).map(took).collect(), &waiting, 200 * HOUR_MS).is_slow
        };
        assert!(!slow(100, &[]) && !slow(100, &[9, 9]), "two may be late by chance");
        assert!(slow(100, &[9, 9, 9]) && slow(100, &[9, 9, 9, 0, 0, 0, 0]));
        let busy = [&[9; 3][..], &[0; 40]].concat();
        assert!(!slow(2_000, &busy), "of so many, usually four or five are late");
        assert!(slow(2_000, &[9; 20]));
        assert!(
            !slow(100, &[0; 10]),
            "ten come in three days, and what came over night waits in the morning"
        );
        assert!(slow(100, &[0; 11]), "but not eleven");
        assert!(!slow(10, &[0; 4]), "four are no queue");
    }

    #[test]
    fn an_owner_may_promise_less_and_never_more() {
        let promise =
            |at_least_hours: i64| measured(9, 2 * HOUR_MS).promise(&shop(), at_least_hours * HOUR_MS);
        assert_eq!(promise(0), Some(ReplyWindow::Hours(2)));
        assert_eq!(promise(1), Some(ReplyWindow::Hours(2)), "that would be more than it keeps");
        assert_eq!(promise(4), Some(ReplyWindow::Hours(4)));
    }

    proptest! {
        #[test]
        fn no_promise_is_faster_than_what_was_measured(
            open_ms in 1i64..300 * HOUR_MS,
            open_day_ms in 0i64..=DAY_MS,
        ) {
            let within = ReplyWindow::of(open_ms, open_day_ms);
            prop_assert!(within.open_ms(open_day_ms) >= open_ms, "{:?}", within);
            prop_assert_eq!(ReplyWindow::of(within.open_ms(open_day_ms), open_day_ms), within);
        }

        /// Whatever the hours, the zone and the instant: the named time is not before the due time.
        #[test]
        fn no_time_that_is_named_comes_before_the_promise_is_due(
            now_ms in 1_760_000_000_000i64..1_790_000_000_000,
            each_ms in MINUTE_MS..60 * HOUR_MS,
            zone in proptest::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]),
            from in 0u16..12,
            length in 1u16..12,
            closed in proptest::collection::vec(0usize..7, 0..6),
        ) {
            let clocks = ShopZone::from_name(zone);
            let mut hours = OpeningHours { week: std::array::from_fn(|_| vec![span(from, from + length)]), holidays: vec![] };
            closed.iter().for_each(|day| hours.week[*day].clear());
            let measured = measured(9, each_ms);
            let (promise, _) = current_promise(&measured, &hours, 0, &clocks, now_ms).unwrap();
            let due_ms = hours.after_open(now_ms, each_ms, &clocks).unwrap();
            match promise {
                ReplyPromise::Within { within, until_ms } => {
                    prop_assert!(within.open_ms(hours.open_day_ms()) >= each_ms);
                    prop_assert!(until_ms.is_none_or(|until_ms| until_ms >= due_ms));
                }
                ReplyPromise::By { by_ms } => prop_assert!(by_ms >= due_ms),
                ReplyPromise::Back { at_ms, by_ms } => {
                    prop_assert_eq!(hours.opens_at(now_ms, &clocks), Some(at_ms));
                    prop_assert!(by_ms.unwrap() >= due_ms);
                }
                ReplyPromise::Slow { .. } => prop_assert!(false, "nobody waits"),
            }
        }
    }
}
