//! Numbers, durations and names as the owner's pages show them.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `1,204`.
pub fn format_number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Up to ten in words.
pub fn format_count(n: u64) -> String {
    const WORDS: [&str; 11] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    usize::try_from(n).ok().and_then(|n| WORDS.get(n)).map_or_else(|| format_number(n), |w| (*w).to_owned())
}

pub fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// `one answer`, `612 answers`.
pub fn format_many(n: u64, one: &str, more: &str) -> String {
    format!("{} {}", format_count(n), if n == 1 { one } else { more })
}

/// `under a minute`, `24 min`, `5 h 04`, `3 days`, with no-break spaces.
pub fn format_span_short(ms: i64) -> String {
    match ms.max(0) {
        ms if ms < MINUTE => "under a minute".to_owned(),
        ms if ms < HOUR => format!("{}\u{a0}min", ms / MINUTE),
        ms if ms < DAY => format!("{}\u{a0}h\u{a0}{:02}", ms / HOUR, ms % HOUR / MINUTE),
        ms if ms < 2 * DAY => "a\u{a0}day".to_owned(),
        ms => format!("{}\u{a0}days", ms / DAY),
    }
}

/// `less than a minute`, `24 minutes`, `five hours`, `three days`.
pub fn format_span(ms: i64) -> String {
    let whole = |n: i64, one: &str, more: &str| {
        format_many(u64::try_from(n).unwrap_or(0), one, more).replace(' ', "\u{a0}")
    };
    match ms.max(0) {
        ms if ms < MINUTE => "less than a minute".to_owned(),
        ms if ms < HOUR => whole(ms / MINUTE, "minute", "minutes"),
        ms if ms < 2 * DAY => whole(ms / HOUR, "hour", "hours"),
        ms => whole(ms / DAY, "day", "days"),
    }
}

/// `just now`, `12 s ago`, `4 min ago`, `2 h ago`, `3 days ago`. `owner.js` formats alike.
pub fn format_ago(ms: i64) -> String {
    match ms.max(0) {
        ms if ms < 5_000 => "just now".to_owned(),
        ms if ms < MINUTE => format!("{}\u{a0}s ago", ms / 1_000),
        ms if ms < HOUR => format!("{}\u{a0}min ago", ms / MINUTE),
        ms if ms < DAY => format!("{}\u{a0}h ago", ms / HOUR),
        ms if ms < 2 * DAY => "a day ago".to_owned(),
        ms => format!("{}\u{a0}days ago", format_number(u64::try_from(ms / DAY).unwrap_or(0))),
    }
}

pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

/// `Monday 14:00`, for 0 to 167.
pub fn hour_name(hour: u8) -> String {
    let day = crate::text::calendar_names::weekday_name(usize::from(hour / 24), shared::words::Language::En);
    format!("{day} {:02}:00", hour % 24)
}

/// The languages of the widget in words; other BCP 47 tags as they are.
pub fn language_name(tag: &str) -> &str {
    match tag {
        "en" => "English",
        "de" => "German",
        "" => "Not told",
        other => other,
    }
}

pub fn device_name(name: &str) -> &str {
    match name {
        "phone" => "Phone",
        "tablet" => "Tablet",
        "computer" => "Computer",
        "" => "Not told",
        other => other,
    }
}

pub fn moment_name(name: &str) -> &str {
    match name {
        "any_time" => "Any time",
        "mid_journey" => "Half-way",
        "after_checkout" => "After checkout",
        "follow_up" => "Follow-up e-mail",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_to_ten_are_words_in_sentences() {
        assert_eq!(
            (format_count(0).as_str(), format_count(7).as_str(), format_count(10).as_str()),
            ("no", "seven", "ten")
        );
        assert_eq!(
            (format_count(11), format_count(1_204), format_number(1_234_567)),
            ("11".into(), "1,204".into(), "1,234,567".into())
        );
        assert_eq!(capitalize(&format_many(3, "person", "people")), "Three people");
        assert_eq!(format_many(1, "person", "people"), "one person");
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        for (ms, short, long) in [
            (-5, "under a minute", "less than a minute"),
            (59_000, "under a minute", "less than a minute"),
            (24 * MINUTE, "24 min", "24 minutes"),
            (HOUR, "1 h 00", "one hour"),
            (5 * HOUR + 4 * MINUTE, "5 h 04", "five hours"),
            (26 * HOUR, "a day", "26 hours"),
            (3 * DAY, "3 days", "three days"),
        ] {
            assert_eq!((format_span_short(ms).replace('\u{a0}', " ").as_str()), short);
            assert_eq!((format_span(ms).replace('\u{a0}', " ").as_str()), long);
        }
    }

    #[test]
    fn nothing_was_ever_in_the_future() {
        assert_eq!(format_ago(-1), "just now");
        assert_eq!(format_ago(12_400).replace('\u{a0}', " "), "12 s ago");
        assert_eq!(format_ago(90 * DAY).replace('\u{a0}', " "), "90 days ago");
    }
}
