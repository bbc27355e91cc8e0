//! Opening hours of a day as text, `9:00–12:30, 13:30–18:00`.

use crate::domain::opening_hours::OpeningSpan;

const SPANS_MAX: usize = 4;
const DAY_MIN: u16 = 1_440;

/// The spans in order and disjoint; none for a closed day. `None` for text that is not a list of times, and for spans
/// that end before they begin: hours after midnight belong to the next day.
pub fn parse_spans(text: &str) -> Option<Vec<OpeningSpan>> {
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "" | "-" | "–" | "closed" | "geschlossen") {
        return Some(Vec::new());
    }
    let mut spans: Vec<OpeningSpan> = text.split([',', ';']).map(span).collect::<Option<_>>()?;
    spans.sort_unstable();
    let mut apart: Vec<OpeningSpan> = Vec::new();
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.from_min < last.until_min => return None,
            Some(last) if span.from_min == last.until_min => last.until_min = span.until_min,
            _ => apart.push(span),
        }
    }
    (apart.len() <= SPANS_MAX).then_some(apart)
}

fn span(text: &str) -> Option<OpeningSpan> {
    let text = text.replace(" to ", "-").replace(" bis ", "-").replace(['–', '—'], "-");
    let (from, until) = text.split_once('-')?;
    let (from_min, until_min) = (minute(from)?, minute(until)?);
    // Midnight at the end of a day.
    let until_min = if until_min == 0 { DAY_MIN } else { until_min };
    (from_min < until_min).then_some(OpeningSpan { from_min, until_min })
}

/// Accepts `9`, `9:30`, `9.30`, `9 am`, `9:30pm`, `18 uhr`.
fn minute(text: &str) -> Option<u16> {
    let text = text.trim();
    let half = |end| text.strip_suffix(end).map(str::trim);
    let (text, half) = match (half("am"), half("pm")) {
        (Some(text), _) => (text, Some(0)),
        (_, Some(text)) => (text, Some(12)),
        (None, None) => (text.strip_suffix("uhr").map_or(text, str::trim), None),
    };
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let number = |text: &str, most: u16| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|n| is_number && *n <= most)
    };
    let hour = match half {
        None => number(hour, 24)?,
        // 12 am and pm come before 1.
        Some(half) => number(hour, 12).filter(|hour| *hour > 0)? % 12 + half,
    };
    let minute = hour * 60 + number(minute, 59).filter(|_| minute.len() == 2)?;
    (minute <= DAY_MIN).then_some(minute)
}

/// Empty for a closed day.
pub fn format_spans(spans: &[OpeningSpan]) -> String {
    let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
    let span = |span: &OpeningSpan| [clock(span.from_min), clock(span.until_min)].join("–");
    spans.iter().map(span).collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, spans) in [
            ("9:00–18:00", &[(540, 1_080)][..]),
            ("9-18", &[(540, 1_080)]),
            (" 09.30 to 12, 13:30 bis 18 uhr ", &[(570, 720), (810, 1_080)]),
            ("9am-5pm", &[(540, 1_020)]),
            ("12 pm – 12 am", &[(720, 1_440)]),
            ("0:00-24:00", &[(0, 1_440)]),
            ("14-18; 9-14", &[(540, 1_080)]),
            ("18:00-0:00", &[(1_080, 1_440)]),
            ("closed", &[]),
            ("", &[]),
        ] {
            let read = parse_spans(text).unwrap_or_else(|| panic!("{text}"));
            let read: Vec<(u16, u16)> = read.iter().map(|s| (s.from_min, s.until_min)).collect();
            assert_eq!(read, spans, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_not_guessed_at() {
        for text in [
            "9",
            "9-9",
            "18-9",
            "22:00–2:00",
            "9-25",
            "9:60-10",
            "9:5-10",
            "9-12, 11-18",
            "nine to five",
            "9-12-18",
            "13pm-2pm",
            "24:30-9",
            "-9-18",
            "0pm-3pm",
        ] {
            assert_eq!(parse_spans(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_it_was(ends in proptest::collection::vec(0u16..=DAY_MIN, 0..9)) {
            let mut ends = ends;
            ends.sort_unstable();
            ends.dedup();
            let spans: Vec<OpeningSpan> =
                ends.chunks_exact(2).map(|e| OpeningSpan { from_min: e[0], until_min: e[1] }).collect();
            prop_assert_eq!(parse_spans(&format_spans(&spans)), Some(spans));
        }

        #[test]
        fn nothing_that_is_typed_breaks_it(text in any::<String>()) {
            if let Some(spans) = parse_spans(&text) {
                prop_assert!(spans.windows(2).all(|w| w[0].until_min < w[1].from_min));
            }
        }
    }
}
