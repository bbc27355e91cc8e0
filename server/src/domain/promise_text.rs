//! The promise in the contact person's words.

use crate::domain::opening_hours::OpeningHours;
use crate::domain::promise::{ReplyPromise, ReplyWindow};
use crate::text::calendar_names::{month_name, weekday_name};
use crate::time::zone::ShopZone;
use shared::words::Language;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseText {
    pub head: String,
    /// What it is based on; may be empty.
    pub more: String,
    pub is_slow: bool,
}

/// `zone_name` is an IANA name such as `Europe/Berlin`, of which the city is shown.
pub fn format_promise(
    promise: ReplyPromise,
    hours: &OpeningHours,
    zone: &ShopZone,
    zone_name: &str,
    now_ms: i64,
    language: Language,
) -> PromiseText {
    let on = |at_ms| day_of(at_ms, now_ms, zone, language);
    let clock = |at_ms| clock_of(at_ms, zone, language);
    let back = |at_ms| match language {
        Language::En => format!("I’m back {} at {}.", on(at_ms), clock(at_ms)),
        Language::De => format!("Ich bin {} um {} wieder da.", on(at_ms), clock(at_ms)),
    };
    let head = match (promise, language) {
        (ReplyPromise::Within { within, until_ms }, Language::En) => {
            let until = until_ms.map(|at_ms| format!("; today I’m here until {}", clock(at_ms)));
            let within = format_window(within, hours.is_always(), language);
            format!("I usually answer within {within}{}.", until.unwrap_or_default())
        }
        (ReplyPromise::Within { within, until_ms }, Language::De) => {
            let until = until_ms.map(|at_ms| format!("; heute bin ich bis {} da", clock(at_ms)));
            let within = format_window(within, hours.is_always(), language);
            format!("Ich antworte meist innerhalb von {within}{}.", until.unwrap_or_default())
        }
        (ReplyPromise::By { by_ms }, Language::En) => {
            format!("You’ll usually hear from me {} by {}.", on(by_ms), clock(by_ms))
        }
        (ReplyPromise::By { by_ms }, Language::De) => {
            format!("Du hörst meist {} bis {} von mir.", on(by_ms), clock(by_ms))
        }
        (ReplyPromise::Back { at_ms, by_ms: None }, _) => back(at_ms),
        (ReplyPromise::Back { at_ms, by_ms: Some(by_ms) }, language) => {
            let is_same_day = zone.number(by_ms - 1) == zone.number(at_ms);
            let day = if is_same_day { String::new() } else { [on(by_ms), " ".to_owned()].concat() };
            let by = match language {
                Language::En => format!("You’ll usually hear from me {day}by {}.", clock(by_ms)),
                Language::De => format!("Meist hörst du {day}bis {} von mir.", clock(by_ms)),
            };
            [back(at_ms), by].join(" ")
        }
        (ReplyPromise::Slow { .. }, Language::En) => "I’m slower than usual at the moment.".to_owned(),
        (ReplyPromise::Slow { .. }, Language::De) => "Ich brauche gerade länger als sonst.".to_owned(),
    };
    let measured = match language {
        Language::En => "Measured, not guessed: in the last 30 days, 9 of 10 people had an answer by then.",
        Language::De => {
            "Gemessen, nicht geschätzt: In den letzten 30 Tagen hatten 9 von 10 Leuten bis dahin eine Antwort."
        }
    };
    let place = place_of(zone_name, language);
    let more = match promise {
        ReplyPromise::Within { until_ms: None, .. } => measured.to_owned(),
        ReplyPromise::Within { .. } | ReplyPromise::By { .. } | ReplyPromise::Back { by_ms: Some(_), .. } => {
            [measured, &place].join(" ")
        }
        ReplyPromise::Back { by_ms: None, .. } => place,
        ReplyPromise::Slow { waiting, back_at_ms } => {
            let back = back_at_ms.map(|at_ms| [" ", &back(at_ms)].concat());
            [before_you(waiting, language), back.unwrap_or_default()].concat()
        }
    };
    PromiseText { head, more, is_slow: matches!(promise, ReplyPromise::Slow { .. }) }
}

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

fn place_of(zone_name: &str, language: Language) -> String {
    let place = zone_name.rsplit('/').next().unwrap_or_default().replace('_', " ");
    match language {
        Language::En => format!("Times are those of {place}."),
        Language::De => format!("Die Uhrzeiten sind die von {place}."),
    }
}

/// `9:00`, `18:30`; in German `9 Uhr`, `18:30 Uhr`. Midnight is the end of a day.
fn clock_of(at_ms: i64, zone: &ShopZone, language: Language) -> String {
    let minute = zone.minute_of_day(at_ms);
    let (hour, minute) = if minute == 0 { (24, 0) } else { (minute / 60, minute % 60) };
    match (language, minute) {
        (Language::En, _) => format!("{hour}:{minute:02}"),
        (Language::De, 0) => format!("{hour} Uhr"),
        (Language::De, _) => format!("{hour}:{minute:02} Uhr"),
    }
}

/// Today, tomorrow, on Monday, on 4 January.
fn day_of(at_ms: i64, now_ms: i64, zone: &ShopZone, language: Language) -> String {
    // Midnight is the end of a day.
    let day = zone.number(at_ms - 1);
    match (day - zone.number(now_ms), language) {
        (0, Language::En) => "today".to_owned(),
        (0, Language::De) => "heute".to_owned(),
        (1, Language::En) => "tomorrow".to_owned(),
        (1, Language::De) => "morgen".to_owned(),
        (2..=6, Language::En) => ["on ", weekday_name(ShopZone::weekday(day), language)].concat(),
        (2..=6, Language::De) => ["am ", weekday_name(ShopZone::weekday(day), language)].concat(),
        (_, language) => date_of(day, language),
    }
}

/// Without the year: `on 4 January`.
fn date_of(day: i32, language: Language) -> String {
    let date = ShopZone::date_from_number(day);
    let month = month_name(date, language);
    match language {
        Language::En => format!("on {} {month}", date.day()),
        Language::De => format!("am {}. {month}", date.day()),
    }
}

fn format_window(window: ReplyWindow, is_always_open: bool, language: Language) -> String {
    let days = |one: &str, more: &str, n: i64| if n == 1 { one.to_owned() } else { format!("{n} {more}") };
    match (window, language) {
        (ReplyWindow::Minutes(30), Language::En) => "half an hour".to_owned(),
        (ReplyWindow::Minutes(30), Language::De) => "einer halben Stunde".to_owned(),
        (ReplyWindow::Minutes(n), Language::En) => format!("{n} minutes"),
        (ReplyWindow::Minutes(n), Language::De) => format!("{n} Minuten"),
        (ReplyWindow::Hours(n), Language::En) => days("an hour", "hours", n),
        (ReplyWindow::Hours(n), Language::De) => days("einer Stunde", "Stunden", n),
        (ReplyWindow::Days(n), Language::En) if is_always_open => days("a day", "days", n),
        (ReplyWindow::Days(n), Language::De) if is_always_open => days("einem Tag", "Tagen", n),
        (ReplyWindow::Days(n), Language::En) => days("a working day", "working days", n),
        (ReplyWindow::Days(n), Language::De) => days("einem Arbeitstag", "Arbeitstagen", n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::opening_hours::Holiday;
    use crate::domain::promise::fixtures::{at, measured, shop};
    use crate::domain::promise::{PendingReply, ReplyStatistics, current_promise};
    use crate::time::clock::{HOUR_MS, MINUTE_MS};
    use jiff::civil::date;

    fn said(
        measured: &ReplyStatistics,
        hours: &OpeningHours,
        zone: &str,
        local: &str,
        language: Language,
    ) -> Option<PromiseText> {
        let (now_ms, clocks) = (at(local, zone), ShopZone::from_name(zone));
        let (promise, true_until_ms) = current_promise(measured, hours, 0, &clocks, now_ms)?;
        assert!(true_until_ms > now_ms, "{local}: it is true for a while");
        Some(format_promise(promise, hours, &clocks, zone, now_ms, language))
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
            let said =
                said(&measured(5, ms), &OpeningHours::default(), "UTC", "2026-11-20T23:30", Language::En);
            let said = said.unwrap();
            assert_eq!((said.head.as_str(), said.more.contains("UTC")), (head, false));
        }
    }

    #[test]
    fn nothing_is_told_where_nothing_is_known() {
        let berlin = "Europe/Berlin";
        let said =
            |hours: &OpeningHours, local| said(&measured(4, HOUR_MS), hours, berlin, local, Language::En);
        assert_eq!(said(&shop(), "2026-11-20T14:00"), None, "four answers are no measure");
        let back = said(&shop(), "2026-11-20T19:00").unwrap();
        assert_eq!(back.head, "I’m back tomorrow at 10:00.");
        assert_eq!(back.more, "Times are those of Berlin.");
        let never = OpeningHours { week: Default::default(), holidays: Vec::new() };
        assert_eq!(said(&never, "2026-11-20T14:00"), None);
        let mut away = shop();
        let day = |month, day| (date(2026, month, day) - date(1970, 1, 1)).get_days();
        away.holidays = vec![Holiday { first_day: day(11, 1), last_day: day(12, 6), name: String::new() }];
        assert_eq!(said(&away, "2026-11-20T14:00").unwrap().head, "I’m back on 7 December at 9:00.");
    }

    #[test]
    fn slower_than_usual_replaces_the_promise() {
        let late = [PendingReply { open_ms: 9 * HOUR_MS, is_first: true }; 7];
        let measured = ReplyStatistics::of(vec![HOUR_MS; 100], &late, 200 * HOUR_MS);
        let said = |local, language| said(&measured, &shop(), "Europe/Berlin", local, language).unwrap();
        let open = said("2026-11-20T14:00", Language::En);
        assert_eq!(open.head, "I’m slower than usual at the moment.");
        assert_eq!((open.more.as_str(), open.is_slow), ("Seven people wrote before you.", true));
        assert_eq!(
            said("2026-11-21T20:00", Language::De).more,
            "Sieben Leute haben vor dir geschrieben. Ich bin am Montag um 9 Uhr wieder da."
        );
    }
}
