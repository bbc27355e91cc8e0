//! What an answer of the collector means for what was sent, and when to try again.

use shared::refusal::Code;

/// The longest wait between two tries: one hour.
pub const LONGEST_WAIT_MS: u64 = 3_600_000;
/// How often a waiting visitor is kept waiting before being told that we do not answer.
pub const TRIES_IN_SIGHT: u32 = 3;

/// What became of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on the collector's disk; this is its receipt.
    Stored(String),
    /// It was not taken, and would not be taken again.
    Refused {
        /// Why, if it was the collector that refused.
        code: Option<Code>,
        /// The field it is about.
        field: Option<String>,
    },
    /// Nobody knows; try again.
    Unclear {
        /// What `Retry-After` asked for, in milliseconds.
        wait_ms: Option<u64>,
    },
}

/// What stands in the body of an answer: of [`shared::wire::Stored`] or of [`shared::wire::WireError`]; empty is what is not
/// there.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The id that was sent.
    pub id: String,
    /// The short number to quote.
    pub receipt: String,
    /// Why it was refused.
    pub code: String,
    /// The field it is about.
    pub field: String,
}

/// What an HTTP answer means for what was sent under this id.
///
/// A captive portal answers 200 to everything: only an answer that echoes the id is one.
pub fn outcome(id: &str, status: u16, told: Told, wait_ms: Option<u64>) -> Outcome {
    match status {
        200..=299 if told.id == id => Outcome::Stored(told.receipt),
        200..=299 => Outcome::Unclear { wait_ms },
        // Too slow, too early, too often: these may be sent again as they are.
        408 | 425 | 429 => Outcome::Unclear { wait_ms },
        400..=499 => {
            let field = (!told.field.is_empty()).then_some(told.field);
            Outcome::Refused { code: Code::named(&told.code), field }
        }
        _ => Outcome::Unclear { wait_ms },
    }
}

/// What `Retry-After` asks for, in milliseconds: seconds, or a date that `date` reads as Unix milliseconds.
/// Source: RFC 9110, section 10.2.3.
pub fn retry_after_ms(header: &str, now_ms: u64, date: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let wait = match header.trim().parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => date(header)?.saturating_sub(now_ms),
    };
    Some(wait.min(LONGEST_WAIT_MS))
}

/// How long to wait after this many tries: doubling from one second, half of it by chance (0 to 255), so that the
/// visitors of a shop that was away do not all come back in the same moment. Never less than was asked for.
pub fn wait_ms(tries: u32, chance: u8, asked_ms: Option<u64>) -> u64 {
    let whole = (1_000u64 << tries.min(12)).min(LONGEST_WAIT_MS);
    let wait = whole / 2 + whole / 2 * u64::from(chance) / 255;
    wait.max(asked_ms.unwrap_or(0)).min(LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNCLEAR: Outcome = Outcome::Unclear { wait_ms: None };

    #[test]
    fn only_an_answer_that_echoes_the_id_counts_as_stored() {
        let stored = |id: &str| Told { id: id.to_owned(), receipt: "K7Q-4MD".to_owned(), ..Told::default() };
        assert_eq!(outcome("a", 201, stored("a"), None), Outcome::Stored("K7Q-4MD".to_owned()));
        for other in [stored("b"), Told::default()] {
            assert_eq!(outcome("a", 200, other.clone(), None), UNCLEAR, "{other:?}");
        }
    }

    #[test]
    fn what_was_refused_is_never_sent_again_as_it_is() {
        let told = Told { code: "too_long".to_owned(), field: "comment".to_owned(), ..Told::default() };
        let refused = Outcome::Refused { code: Some(Code::TooLong), field: Some("comment".to_owned()) };
        assert_eq!(outcome("a", 422, told, None), refused);
        assert_eq!(outcome("a", 403, Told::default(), None), Outcome::Refused { code: None, field: None });
    }

    #[test]
    fn a_collector_in_trouble_is_tried_again() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(
                outcome("a", status, Told::default(), Some(5)),
                Outcome::Unclear { wait_ms: Some(5) },
                "{status}"
            );
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_and_is_capped_at_an_hour() {
        let date = |text: &str| (text == "Sun, 22 Nov 2026 11:00:00 GMT").then_some(90_000);
        assert_eq!(retry_after_ms("7", 0, date), Some(7_000));
        assert_eq!(retry_after_ms("Sun, 22 Nov 2026 11:00:00 GMT", 60_000, date), Some(30_000));
        assert_eq!(retry_after_ms("Sun, 22 Nov 2026 11:00:00 GMT", 100_000, date), Some(0));
        assert_eq!(retry_after_ms("99999999999999999999", 0, date), None);
        assert_eq!(retry_after_ms("86400", 0, date), Some(LONGEST_WAIT_MS));
        assert_eq!(retry_after_ms("soon", 0, date), None);
    }

    #[test]
    fn waits_double_are_spread_by_chance_and_obey_what_was_asked() {
        assert_eq!((wait_ms(0, 0, None), wait_ms(0, 255, None)), (500, 1_000));
        assert_eq!((wait_ms(3, 0, None), wait_ms(3, 255, None)), (4_000, 8_000));
        assert_eq!(wait_ms(99, 255, None), LONGEST_WAIT_MS);
        assert_eq!(wait_ms(0, 0, Some(30_000)), 30_000);
    }
}
