//! Names of weekdays and months.

use jiff::civil::Date;
use shared::words::Language;

/// 0 is Monday.
pub fn weekday_name(weekday: usize, language: Language) -> &'static str {
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const DE: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
    let names = match language {
        Language::En => EN,
        Language::De => DE,
    };
    names.get(weekday).copied().unwrap_or_default()
}

pub fn month_name(date: Date, language: Language) -> &'static str {
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
    names.get(usize::try_from(date.month() - 1).unwrap_or_default()).copied().unwrap_or_default()
}
