//! The promise: within what time visitors are told that they will be answered. It is measured from the shop's own answers,
//! told as 9 of 10 people had it and never faster, and left out where there is nothing to measure yet.

use crate::domain::opening_hours::{Hours, Zone, local_day, local_minute, weekday};
use shared::words::Language;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The answers of so many days are measured.
pub const MEASURED_DAYS: i64 = 30;
/// With fewer answers than these nothing is promised.
pub const ANSWERS_MIN: usize = 5;
/// The slowest answer an owner may promise instead of what was measured, in hours.
pub const AT_LEAST_HOURS_MAX: u32 = 240;
/// A queue shorter than this is no reason to be slow.
const LONG_QUEUE: i64 = 5;
/// Fewer who are late than these are so by chance.
const LATE_MIN: i64 = 3;

/// Somebody who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// For how long by now, in milliseconds of opening hours.
    pub open_ms: i64,
    /// Whether it would be the first answer they get.
    pub is_first: bool,
}

/// How long answers take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Half of the people were answered within this: milliseconds of opening hours.
    pub median_ms: i64,
    /// 9 of 10 were.
    pub p90_ms: i64,
}

/// How a shop's answers have been lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// How many first answers there were in [`MEASURED_DAYS`].
    pub answers: usize,
    /// How long they took; none below [`ANSWERS_MIN`].
    pub times: Option<Times>,
    /// How many people wait.
    pub waiting: usize,
    /// Whether whoever writes now should not count on the usual time.
    pub is_slow: bool,
}

impl Measured {
    /// Measures first reply times (milliseconds of opening hours, in any order), those who wait, and for how long the shop
    /// was open while it was measured.
    ///
    /// Whoever waits for a first answer longer than 9 of 10 did counts as if it had come now: a shop does not become faster by
    /// leaving people without an answer.
    pub fn of(mut replies_open_ms: Vec<i64>, waiting: &[Waits], open_ms: i64) -> Self {
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
        let times = Times { median_ms: at_rank(&replies_open_ms, 50), p90_ms: at_rank(&replies_open_ms, 90) };
        Self { answers, times: Some(times), waiting: waiting.len(), is_slow }
    }

    /// The promise of a shop with these hours, which may promise less than it keeps; none where there is nothing to measure
    /// yet.
    pub fn promise(&self, hours: &Hours, at_least_ms: i64) -> Option<Within> {
        self.times.map(|times| Within::of(times.p90_ms.max(at_least_ms), hours.open_day_ms()))
    }
}

/// The value that this part of a hundred lies at or below; the list is sorted and not empty.
fn at_rank(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// Whether the queue says that it takes longer than usual: three times as many as usual wait longer than 9 of 10 did, and not
/// only by chance; or as many wait as come in three days. What comes over night waits in the morning of every day, and is no
/// reason. How many usually wait for longer than a span follows from how much longer than that people waited.
/// Source: J. D. C. Little, "A Proof for the Queuing Formula: L = λW", Operations Research 9 (1961).
fn is_slow(usual_ms: i64, replies_open_ms: &[i64], waiting: &[Waits], open_ms: i64) -> bool {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let late = count(waiting.iter().filter(|w| w.open_ms > usual_ms).count());
    let beyond_ms: i64 = replies_open_ms.iter().map(|ms| (ms - usual_ms).max(0)).sum();
    let in_queue = count(waiting.len());
    late >= LATE_MIN && late.saturating_mul(open_ms) > beyond_ms.saturating_mul(3)
        || in_queue >= LONG_QUEUE && in_queue * MEASURED_DAYS > count(replies_open_ms.len()) * 3
}

/// A span as people promise it: rounded up, never down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// 15 or 30 minutes.
    Minutes(i64),
    /// So many hours.
    Hours(i64),
    /// So many days on which the shop is open.
    Days(i64),
}

impl Within {
    /// A span of opening hours, where the shop is open for so long on a day: both in milliseconds.
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

    /// The span, in milliseconds of opening hours.
    pub fn open_ms(self, open_day_ms: i64) -> i64 {
        match self {
            Self::Minutes(n) => n * MINUTE_MS,
            Self::Hours(n) => n * HOUR_MS,
            Self::Days(n) => n * open_day_ms.max(HOUR_MS),
        }
    }

    fn say(self, is_always_open: bool, language: Language) -> String {
        let days =
            |one: &str, more: &str, n: i64| if n == 1 { one.to_owned() } else { format!("{n} {more}") };
        match (self, language) {
            (Self::Minutes(30), Language::En) => "half an hour".to_owned(),
            (Self::Minutes(30), Language::De) => "einer halben Stunde".to_owned(),
            (Self::Minutes(n), Language::En) => format!("{n} minutes"),
            (Self::Minutes(n), Language::De) => format!("{n} Minuten"),
            (Self::Hours(n), Language::En) => days("an hour", "hours", n),
            (Self::Hours(n), Language::De) => days("einer Stunde", "Stunden", n),
            (Self::Days(n), Language::En) if is_always_open => days("a day", "days", n),
            (Self::Days(n), Language::De) if is_always_open => days("einem Tag", "Tagen", n),
            (Self::Days(n), Language::En) => days("a working day", "working days", n),
            (Self::Days(n), Language::De) => days("einem Arbeitstag", "Arbeitstagen", n),
        }
    }
}

/// What is told about when an answer comes. Instants are Unix milliseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Somebody is there, and will be until the promise is kept.
    Within {
        /// Within what time.
        within: Within,
        /// Until when they are there today; none if they do not leave today.
        until_ms: Option<i64>,
    },
    /// Somebody is there, but leaves before the promise is kept.
    By {
        /// When it will be kept.
        by_ms: i64,
    },
    /// Nobody is there.
    Back {
        /// When somebody will be.
        at_ms: i64,
        /// When the promise will be kept then, if there is one.
        by_ms: Option<i64>,
    },
    /// It takes longer than usual.
    Slow {
        /// How many wrote before.
        waiting: usize,
        /// When somebody will be there, if nobody is now.
        back_at_ms: Option<i64>,
    },
}

/// What to tell whoever writes at this instant, and until when it stays true; `None` says nothing, because nothing is known.
pub fn tell(
    measured: &Measured,
    hours: &Hours,
    at_least_ms: i64,
    zone: &dyn Zone,
    now_ms: i64,
) -> Option<(Telling, i64)> {
    let opens_at_ms = hours.opens_at(now_ms, zone);
    let closes_at_ms = hours.open_until(now_ms, zone);
    if opens_at_ms.is_none() && closes_at_ms.is_none() {
        return None;
    }
    let promise = measured.promise(hours, at_least_ms);
    let by_ms = promise.and_then(|within| kept_at_ms(within, hours, zone, now_ms));
    let telling = match (opens_at_ms, promise.zip(by_ms)) {
        (_, Some(_)) if measured.is_slow => {
            Telling::Slow { waiting: measured.waiting, back_at_ms: opens_at_ms }
        }
        (Some(at_ms), promise) => Telling::Back { at_ms, by_ms: promise.map(|(_, by_ms)| by_ms) },
        (None, None) => return None,
        (None, Some((within, by_ms))) => match closes_at_ms {
            Some(until_ms) if by_ms > until_ms => Telling::By { by_ms },
            until_ms => {
                // What ends at midnight ends today.
                let ends_today = |until_ms: &i64| local_day(until_ms - 1, zone) == local_day(now_ms, zone);
                let until_ms = until_ms.filter(|_| !hours.is_always()).filter(ends_today);
                Telling::Within { within, until_ms }
            }
        },
    };
    let changes = opens_at_ms.into_iter().chain(closes_at_ms);
    Some((telling, changes.chain([midnight_after(now_ms, zone)]).min().unwrap_or(now_ms)))
}

/// When a promise that is made now will be kept: to the half hour, or to the end of a day; never before it is.
fn kept_at_ms(within: Within, hours: &Hours, zone: &dyn Zone, now_ms: i64) -> Option<i64> {
    let due_ms = hours.after_open(now_ms, within.open_ms(hours.open_day_ms()), zone)?;
    if hours.is_always() {
        return Some(due_ms);
    }
    let ends_ms = hours.open_until(due_ms - 1, zone)?;
    let rest_of_half_hour_ms = i64::from(30 - local_minute(due_ms, zone) % 30) * MINUTE_MS;
    let into_minute_ms = due_ms.rem_euclid(MINUTE_MS);
    let is_round = local_minute(due_ms, zone).is_multiple_of(30) && into_minute_ms == 0;
    let half_hour_ms = if is_round { due_ms } else { due_ms - into_minute_ms + rest_of_half_hour_ms };
    Some(match within {
        Within::Minutes(_) | Within::Hours(_) => half_hour_ms.min(ends_ms),
        Within::Days(_) => ends_ms,
    })
}

/// When the local clock next shows another day.
fn midnight_after(now_ms: i64, zone: &dyn Zone) -> i64 {
    let today = local_day(now_ms, zone);
    // No place has a day of more than 26 hours.
    let (mut low, mut high) = (now_ms, now_ms + 26 * HOUR_MS);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if local_day(middle, zone) == today {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The promise in words, as the person who asks says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What counts.
    pub head: String,
    /// Why one may believe it; may be empty.
    pub more: String,
    /// Whether it takes longer than usual.
    pub is_slow: bool,
}

/// Says what is told, with the name of the place whose clocks are meant (an IANA name such as `Europe/Berlin`).
pub fn say(
    telling: Telling,
    hours: &Hours,
    zone: &dyn Zone,
    zone_name: &str,
    now_ms: i64,
    language: Language,
) -> Said {
    let on = |at_ms| day_of(at_ms, now_ms, zone, language);
    let clock = |at_ms| clock_of(at_ms, zone, language);
    let back = |at_ms| match language {
        Language::En => format!("I’m back {} at {}.", on(at_ms), clock(at_ms)),
        Language::De => format!("Ich bin {} um {} wieder da.", on(at_ms), clock(at_ms)),
    };
    let head = match (telling, language) {
        (Telling::Within { within, until_ms }, Language::En) => {
            let until = until_ms.map(|at_ms| format!("; today I’m here until {}", clock(at_ms)));
            let within = within.say(hours.is_always(), language);
            format!("I usually answer within {within}{}.", until.unwrap_or_default())
        }
        (Telling::Within { within, until_ms }, Language::De) => {
            let until = until_ms.map(|at_ms| format!("; heute bin ich bis {} da", clock(at_ms)));
            let within = within.say(hours.is_always(), language);
            format!("Ich antworte meist innerhalb von {within}{}.", until.unwrap_or_default())
        }
        (Telling::By { by_ms }, Language::En) => {
            format!("You’ll usually hear from me {} by {}.", on(by_ms), clock(by_ms))
        }
        (Telling::By { by_ms }, Language::De) => {
            format!("Du hörst meist {} bis {} von mir.", on(by_ms), clock(by_ms))
        }
        (Telling::Back { at_ms, by_ms: None }, _) => back(at_ms),
        (Telling::Back { at_ms, by_ms: Some(by_ms) }, language) => {
            let is_same_day = local_day(by_ms - 1, zone) == local_day(at_ms, zone);
            let day = if is_same_day { String::new() } else { [on(by_ms), " ".to_owned()].concat() };
            let by = match language {
                Language::En => format!("You’ll usually hear from me {day}by {}.", clock(by_ms)),
                Language::De => format!("Meist hörst du {day}bis {} von mir.", clock(by_ms)),
            };
            [back(at_ms), by].join(" ")
        }
        (Telling::Slow { .. }, Language::En) => "I’m slower than usual at the moment.".to_owned(),
        (Telling::Slow { .. }, Language::De) => "Ich brauche gerade länger als sonst.".to_owned(),
    };
    let measured = match language {
        Language::En => "Measured, not guessed: in the last 30 days, 9 of 10 people had an answer by then.",
        Language::De => {
            "Gemessen, nicht geschätzt: In den letzten 30 Tagen hatten 9 von 10 Leuten bis dahin eine Antwort."
        }
    };
    let place = place_of(zone_name, language);
    let more = match telling {
        Telling::Within { until_ms: None, .. } => measured.to_owned(),
        Telling::Within { .. } | Telling::By { .. } | Telling::Back { by_ms: Some(_), .. } => {
            [measured, &place].join(" ")
        }
        Telling::Back { by_ms: None, .. } => place,
        Telling::Slow { waiting, back_at_ms } => {
            let back = back_at_ms.map(|at_ms| [" ", &back(at_ms)].concat());
            [before_you(waiting, language), back.unwrap_or_default()].concat()
        }
    };
    Said { head, more, is_slow: matches!(telling, Telling::Slow { .. }) }
}

/// How many wrote before.
fn before_you(waiting: usize, language: Language) -> String {
    const EN: [&str; 11] =
        ["Nobody", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
    const DE: [&str; 11] =
        ["Niemand", "Eine", "Zwei", "Drei", "Vier", "Fünf", "Sechs", "Sieben", "Acht", "Neun", "Zehn"];
    let (words, rest) = match (language, waiting) {
        (Language::En, 0) => (EN, " wrote before you."),
        (Language::En, 1) => (EN, " person wrote before you."),
        (Language::En, _) => (EN, " people wrote before you."),
        (Language::De, 0) => (DE, " hat vor dir geschrieben."),
        (Language::De, 1) => (DE, " Person hat vor dir geschrieben."),
        (Language::De, _) => (DE, " Leute haben vor dir geschrieben."),
    };
    let count = words.get(waiting).map_or_else(|| waiting.to_string(), |word| (*word).to_owned());
    count + rest
}

/// Whose clocks are meant.
fn place_of(zone_name: &str, language: Language) -> String {
    let place = zone_name.rsplit('/').next().unwrap_or_default().replace('_', " ");
    match language {
        Language::En => format!("Times are those of {place}."),
        Language::De => format!("Die Uhrzeiten sind die von {place}."),
    }
}

/// `9:00`, `18:30`; in German `9 Uhr`, `18:30 Uhr`. Midnight is the end of a day here.
fn clock_of(at_ms: i64, zone: &dyn Zone, language: Language) -> String {
    let minute = local_minute(at_ms, zone);
    let (hour, minute) = if minute == 0 { (24, 0) } else { (minute / 60, minute % 60) };
    match (language, minute) {
        (Language::En, _) => format!("{hour}:{minute:02}"),
        (Language::De, 0) => format!("{hour} Uhr"),
        (Language::De, _) => format!("{hour}:{minute:02} Uhr"),
    }
}

/// What a day of the week is called; 0 is Monday.
pub fn weekday_name(weekday: usize, language: Language) -> &'static str {
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const DE: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
    let names = match language {
        Language::En => EN,
        Language::De => DE,
    };
    names.get(weekday).copied().unwrap_or_default()
}

/// What a month is called; 0 is January.
pub fn month_name(month: usize, language: Language) -> &'static str {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const DE: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let names = match language {
        Language::En => EN,
        Language::De => DE,
    };
    names.get(month).copied().unwrap_or_default()
}

/// The day of an instant as one says it: today, tomorrow, on Monday, on 4 January.
fn day_of(at_ms: i64, now_ms: i64, zone: &dyn Zone, language: Language) -> String {
    // Midnight is the end of a day here.
    let day = local_day(at_ms - 1, zone);
    match (day - local_day(now_ms, zone), language) {
        (0, Language::En) => "today".to_owned(),
        (0, Language::De) => "heute".to_owned(),
        (1, Language::En) => "tomorrow".to_owned(),
        (1, Language::De) => "morgen".to_owned(),
        (2..=6, Language::En) => ["on ", weekday_name(weekday(day), language)].concat(),
        (2..=6, Language::De) => ["am ", weekday_name(weekday(day), language)].concat(),
        (_, language) => date_of(day, language),
    }
}

/// A day, counted from 1970-01-01, as a date without its year: `on 4 January`.
fn date_of(day: i64, language: Language) -> String {
    let (month, day) = month_and_day(day);
    match language {
        Language::En => format!("on {day} {}", month_name(month, language)),
        Language::De => format!("am {day}. {}", month_name(month, language)),
    }
}

/// The month (0 to 11) and the day (1 to 31) of a day, counted from 1970-01-01.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn month_and_day(day: i64) -> (usize, i64) {
    let of_era = (day + 719_468).rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // Counted from March.
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    (usize::try_from((month + 2) % 12).unwrap_or_default(), of_month)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::opening_hours::{Holiday, Span};
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    const DAY_MS: i64 = 24 * HOUR_MS;

    struct Place(TimeZone);

    impl Zone for Place {
        fn offset_min(&self, at_ms: i64) -> i32 {
            let at = jiff::Timestamp::from_millisecond(at_ms).unwrap();
            self.0.to_offset(at).seconds() / 60
        }
    }

    fn place(name: &str) -> Place {
        Place(TimeZone::get(name).unwrap())
    }

    /// An instant by the clocks of a place.
    fn at(local: &str, zone: &str) -> i64 {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        local.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp().as_millisecond()
    }

    fn span(from: u16, until: u16) -> Span {
        Span { from_min: from * 60, until_min: until * 60 }
    }

    /// Monday to Friday nine to six, Saturday ten to four, closed at Christmas.
    fn shop() -> Hours {
        let mut week: [Vec<Span>; 7] = std::array::from_fn(|_| vec![span(9, 18)]);
        week[5] = vec![span(10, 16)];
        week[6] = Vec::new();
        let day = |month, day| (date(2026, month, day) - date(1970, 1, 1)).get_days();
        let christmas = Holiday { first_day: day(12, 24), last_day: day(12, 27), name: String::new() };
        Hours { week, holidays: vec![christmas] }
    }

    /// So many answers that took all alike.
    fn measured(answers: usize, each_ms: i64) -> Measured {
        Measured::of(vec![each_ms; answers], &[], 200 * HOUR_MS)
    }

    fn said(measured: &Measured, hours: &Hours, zone: &str, local: &str, language: Language) -> Option<Said> {
        let (now_ms, clocks) = (at(local, zone), place(zone));
        let (telling, true_until_ms) = tell(measured, hours, 0, &clocks, now_ms)?;
        assert!(true_until_ms > now_ms, "{local}: it is true for a while");
        Some(say(telling, hours, &clocks, zone, now_ms, language))
    }

    #[test]
    fn what_is_told_is_what_9_of_10_had_and_never_faster() {
        let times: Vec<i64> = (1..=20).map(|n| n * 10 * MINUTE_MS).collect();
        let Measured { times: Some(Times { median_ms, p90_ms }), .. } =
            Measured::of(times, &[], 300 * HOUR_MS)
        else {
            panic!("20 answers are enough")
        };
        assert_eq!((median_ms / MINUTE_MS, p90_ms / MINUTE_MS), (100, 180));
        assert_eq!(measured(ANSWERS_MIN - 1, HOUR_MS).times, None);
        assert!(measured(ANSWERS_MIN, HOUR_MS).times.is_some());
    }

    #[test]
    fn a_shop_does_not_become_faster_by_leaving_people_waiting() {
        let p90 =
            |waiting: &[Waits]| Measured::of(vec![HOUR_MS; 20], waiting, 300 * HOUR_MS).times.unwrap().p90_ms;
        let waits = |hours: i64, is_first| Waits { open_ms: hours * HOUR_MS, is_first };
        assert_eq!(p90(&[waits(0, true); 9]), HOUR_MS, "whoever has just written says nothing yet");
        assert_eq!(p90(&[waits(30, true); 9]), 30 * HOUR_MS);
        assert_eq!(p90(&[waits(30, false); 9]), HOUR_MS, "they had a first answer");
    }

    #[test]
    fn it_is_slower_when_the_queue_says_so() {
        let slow = |answers: usize, waiting: &[i64]| {
            let waits = |hours: &i64| Waits { open_ms: hours * HOUR_MS, is_first: true };
            let waiting: Vec<Waits> = waiting.iter().map(waits).collect();
            // One in twenty took nine hours longer.
            let took = |n| if n % 20 == 0 { 10 * HOUR_MS } else { HOUR_MS };
            Measured::of((0..answers).map(took).collect(), &waiting, 200 * HOUR_MS).is_slow
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
    fn the_promise_in_words() {
        use Language::{De, En};
        let berlin = "Europe/Berlin";
        let promise = |ms| measured(9, ms);
        for (ms, zone, local, language, head) in [
            (
                100 * MINUTE_MS,
                berlin,
                "2026-11-20T14:00",
                En,
                "I usually answer within 2 hours; today I’m here until 18:00.",
            ),
            (
                100 * MINUTE_MS,
                berlin,
                "2026-11-20T14:00",
                De,
                "Ich antworte meist innerhalb von 2 Stunden; heute bin ich bis 18 Uhr da.",
            ),
            (
                MINUTE_MS,
                berlin,
                "2026-11-21T10:00",
                En,
                "I usually answer within 15 minutes; today I’m here until 16:00.",
            ),
            (
                20 * MINUTE_MS,
                berlin,
                "2026-11-20T14:00",
                De,
                "Ich antworte meist innerhalb von einer halben Stunde; heute bin ich bis 18 Uhr da.",
            ),
            // Friday at half past five: half an hour is left, the rest is on Saturday at ten.
            (2 * HOUR_MS, berlin, "2026-11-20T17:30", En, "You’ll usually hear from me tomorrow by 11:30."),
            (2 * HOUR_MS, berlin, "2026-11-20T17:30", De, "Du hörst meist morgen bis 11:30 Uhr von mir."),
            (2 * HOUR_MS, berlin, "2026-11-20T17:41", En, "You’ll usually hear from me tomorrow by 12:00."),
            (20 * HOUR_MS, berlin, "2026-11-19T10:00", En, "You’ll usually hear from me on Monday by 18:00."),
            // Out of hours it says when the shop opens.
            (
                2 * HOUR_MS,
                berlin,
                "2026-11-21T20:00",
                En,
                "I’m back on Monday at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                2 * HOUR_MS,
                berlin,
                "2026-11-21T20:00",
                De,
                "Ich bin am Montag um 9 Uhr wieder da. Meist hörst du bis 11 Uhr von mir.",
            ),
            (
                2 * HOUR_MS,
                berlin,
                "2026-11-20T07:00",
                En,
                "I’m back today at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                8 * HOUR_MS,
                berlin,
                "2026-11-20T20:00",
                En,
                "I’m back tomorrow at 10:00. You’ll usually hear from me on Monday by 11:00.",
            ),
            // Over Christmas, and over a change of clocks: nine o'clock stays nine o'clock.
            (
                2 * HOUR_MS,
                berlin,
                "2026-12-23T18:30",
                En,
                "I’m back on Monday at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                2 * HOUR_MS,
                berlin,
                "2026-12-21T18:30",
                En,
                "I’m back tomorrow at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                2 * HOUR_MS,
                berlin,
                "2026-03-28T17:00",
                En,
                "I’m back on Monday at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                2 * HOUR_MS,
                "America/New_York",
                "2026-10-31T17:00",
                En,
                "I’m back on Monday at 9:00. You’ll usually hear from me by 11:00.",
            ),
            (
                2 * HOUR_MS,
                "Asia/Kathmandu",
                "2026-11-20T14:00",
                En,
                "I usually answer within 2 hours; today I’m here until 18:00.",
            ),
            (
                2 * HOUR_MS,
                "Australia/Lord_Howe",
                "2026-04-05T14:00",
                En,
                "I’m back tomorrow at 9:00. You’ll usually hear from me by 11:00.",
            ),
        ] {
            let said = said(&promise(ms), &shop(), zone, local, language).unwrap();
            assert_eq!(said.head, head, "{zone} {local}");
            let city = zone.rsplit('/').next().unwrap().replace('_', " ");
            assert!(said.more.contains(&city) && said.more.contains("30"), "{}", said.more);
            assert!(!said.is_slow);
        }
    }

    #[test]
    fn a_shop_that_never_closes_names_no_hours() {
        for (ms, head) in [
            (HOUR_MS, "I usually answer within an hour."),
            (5 * HOUR_MS, "I usually answer within 5 hours."),
            (30 * HOUR_MS, "I usually answer within 2 days."),
        ] {
            let said = said(&measured(5, ms), &Hours::default(), "UTC", "2026-11-20T23:30", Language::En);
            let said = said.unwrap();
            assert_eq!((said.head.as_str(), said.more.contains("UTC")), (head, false));
        }
    }

    #[test]
    fn nothing_is_told_where_nothing_is_known() {
        let berlin = "Europe/Berlin";
        let said = |hours: &Hours, local| said(&measured(4, HOUR_MS), hours, berlin, local, Language::En);
        assert_eq!(said(&shop(), "2026-11-20T14:00"), None, "four answers are no measure");
        let back = said(&shop(), "2026-11-20T19:00").unwrap();
        assert_eq!(back.head, "I’m back tomorrow at 10:00.");
        assert_eq!(back.more, "Times are those of Berlin.");
        let never = Hours { week: Default::default(), holidays: Vec::new() };
        assert_eq!(said(&never, "2026-11-20T14:00"), None);
        let mut away = shop();
        let day = |month, day| (date(2026, month, day) - date(1970, 1, 1)).get_days();
        away.holidays = vec![Holiday { first_day: day(11, 1), last_day: day(12, 6), name: String::new() }];
        assert_eq!(said(&away, "2026-11-20T14:00").unwrap().head, "I’m back on 7 December at 9:00.");
    }

    #[test]
    fn slower_than_usual_replaces_the_promise() {
        let late = [Waits { open_ms: 9 * HOUR_MS, is_first: true }; 7];
        let measured = Measured::of(vec![HOUR_MS; 100], &late, 200 * HOUR_MS);
        let said = |local, language| said(&measured, &shop(), "Europe/Berlin", local, language).unwrap();
        let open = said("2026-11-20T14:00", Language::En);
        assert_eq!(open.head, "I’m slower than usual at the moment.");
        assert_eq!((open.more.as_str(), open.is_slow), ("Seven people wrote before you.", true));
        assert_eq!(
            said("2026-11-21T20:00", Language::De).more,
            "Sieben Leute haben vor dir geschrieben. Ich bin am Montag um 9 Uhr wieder da."
        );
    }

    #[test]
    fn an_owner_may_promise_less_and_never_more() {
        let promise =
            |at_least_hours: i64| measured(9, 2 * HOUR_MS).promise(&shop(), at_least_hours * HOUR_MS);
        assert_eq!(promise(0), Some(Within::Hours(2)));
        assert_eq!(promise(1), Some(Within::Hours(2)), "that would be more than it keeps");
        assert_eq!(promise(4), Some(Within::Hours(4)));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for day in (-800..60_000).step_by(7) {
            let date = date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let told = (usize::try_from(date.month()).unwrap() - 1, i64::from(date.day()));
            assert_eq!(month_and_day(i64::from(day)), told);
        }
    }

    proptest! {
        #[test]
        fn no_promise_is_faster_than_what_was_measured(
            open_ms in 1i64..300 * HOUR_MS,
            open_day_ms in 0i64..=DAY_MS,
        ) {
            let within = Within::of(open_ms, open_day_ms);
            prop_assert!(within.open_ms(open_day_ms) >= open_ms, "{:?}", within);
            prop_assert_eq!(Within::of(within.open_ms(open_day_ms), open_day_ms), within);
        }

        /// Whatever the hours, the place and the instant: what is named lies at or after what is due.
        #[test]
        fn no_time_that_is_named_comes_before_the_promise_is_due(
            now_ms in 1_760_000_000_000i64..1_790_000_000_000,
            each_ms in MINUTE_MS..60 * HOUR_MS,
            zone in proptest::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]),
            from in 0u16..12,
            length in 1u16..12,
            closed in proptest::collection::vec(0usize..7, 0..6),
        ) {
            let clocks = place(zone);
            let mut hours = Hours { week: std::array::from_fn(|_| vec![span(from, from + length)]), holidays: vec![] };
            closed.iter().for_each(|day| hours.week[*day].clear());
            let measured = measured(9, each_ms);
            let (telling, _) = tell(&measured, &hours, 0, &clocks, now_ms).unwrap();
            let due_ms = hours.after_open(now_ms, each_ms, &clocks).unwrap();
            match telling {
                Telling::Within { within, until_ms } => {
                    prop_assert!(within.open_ms(hours.open_day_ms()) >= each_ms);
                    prop_assert!(until_ms.is_none_or(|until_ms| until_ms >= due_ms));
                }
                Telling::By { by_ms } => prop_assert!(by_ms >= due_ms),
                Telling::Back { at_ms, by_ms } => {
                    prop_assert_eq!(hours.opens_at(now_ms, &clocks), Some(at_ms));
                    prop_assert!(by_ms.unwrap() >= due_ms);
                }
                Telling::Slow { .. } => prop_assert!(false, "nobody waits"),
            }
        }
    }
}
