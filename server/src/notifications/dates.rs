//! Days and times as mails write them, in the shop's time zone.

use crate::text::calendar_names::{month_name, weekday_name};
use crate::text::phrases::format_span_short;
use crate::time::clock::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::time::zone::ShopZone;
use jiff::civil::Date;
use shared::words::Language;

/// `12:06 today`, `Thursday, 12:06`, `3 August, 12:06`. Without a preposition, since German needs another one.
pub(crate) fn format_instant(zone: &ShopZone, at_ms: i64, now_ms: i64, language: Language) -> String {
    let clock = zone.clock(at_ms);
    let (day, today) = (zone.day(at_ms), zone.day(now_ms));
    let ahead = (day - today).get_days();
    match (language, ahead) {
        (Language::En, 0) => format!("{clock} today"),
        (Language::De, 0) => format!("heute, {clock} Uhr"),
        (Language::En, 1) => format!("{clock} tomorrow"),
        (Language::De, 1) => format!("morgen, {clock} Uhr"),
        (Language::En, -1) => format!("{clock} yesterday"),
        (Language::De, -1) => format!("gestern, {clock} Uhr"),
        (Language::En, -6..=6) => format!("{}, {clock}", weekday(day, language)),
        (Language::De, -6..=6) => format!("{}, {clock} Uhr", weekday(day, language)),
        (Language::En, _) => format!("{}, {clock}", format_day(day, language)),
        (Language::De, _) => format!("{}, {clock} Uhr", format_day(day, language)),
    }
}

/// The last whole day before an instant: on that day a link works for sure. `21 January`, `21. Januar`.
pub(crate) fn format_deadline(zone: &ShopZone, expires_at_ms: i64, language: Language) -> String {
    format_day(zone.day(expires_at_ms - DAY_MS), language)
}

/// `24 min`, `5 h 04`, `3 days`; German in the dative, as after `nach`: `24 Min.`, `3 Tagen`.
pub(crate) fn format_duration(ms: i64, language: Language) -> String {
    match (language, ms.max(0)) {
        (Language::En, ms) => format_span_short(ms),
        (Language::De, ms) if ms < MINUTE_MS => "weniger als einer Minute".to_owned(),
        (Language::De, ms) if ms < HOUR_MS => format!("{}\u{a0}Min.", ms / MINUTE_MS),
        (Language::De, ms) if ms < DAY_MS => {
            format!("{}\u{a0}Std.\u{a0}{:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS)
        }
        (Language::De, ms) if ms < 2 * DAY_MS => "einem Tag".to_owned(),
        (Language::De, ms) => format!("{}\u{a0}Tagen", ms / DAY_MS),
    }
}

fn weekday(day: Date, language: Language) -> &'static str {
    weekday_name(usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0), language)
}

/// `24 August`, `24. August`.
pub(crate) fn format_day(day: Date, language: Language) -> String {
    match language {
        Language::En => ShopZone::format_date(day),
        Language::De => format!("{}. {}", day.day(), month_name(day, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn an_instant_is_worded_by_how_near_it_is_in_both_languages() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let (berlin, now) = (ShopZone::from_name("Europe/Berlin"), at("2026-11-21T09:06:00Z"));
        for (then, en, de) in [
            ("2026-11-21T11:06:00Z", "12:06 today", "heute, 12:06 Uhr"),
            ("2026-11-21T23:30:00Z", "00:30 tomorrow", "morgen, 00:30 Uhr"),
            ("2026-11-20T09:00:00Z", "10:00 yesterday", "gestern, 10:00 Uhr"),
            ("2026-11-23T09:00:00Z", "Monday, 10:00", "Montag, 10:00 Uhr"),
            ("2027-03-03T09:00:00Z", "3 March, 10:00", "3. März, 10:00 Uhr"),
        ] {
            assert_eq!(format_instant(&berlin, at(then), now, Language::En), en);
            assert_eq!(format_instant(&berlin, at(then), now, Language::De), de);
        }
        assert_eq!(format_deadline(&berlin, at("2027-01-22T10:00:00Z"), Language::De), "21. Januar");
    }
}
