//! What a response of the collector means for what was sent, and when to send it again.

use shared::refusal::Code;

/// The longest wait between two attempts: one hour.
const LONGEST_WAIT_MS: u64 = 3_600_000;
/// After this many attempts a visitor who waits is told that the collector does not respond.
pub(crate) const ATTEMPTS_IN_SIGHT: u32 = 3;

/// How one attempt to send something ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendOutcome {
    /// It is on the collector's disk; this is its receipt.
    Stored(String),
    /// It was refused, and the same request would be refused again.
    Refused {
        /// The reason, if the collector itself refused (and not a proxy before it).
        code: Option<Code>,
        /// The field that the reason is about.
        field: Option<String>,
    },
    /// It may be stored or not; the same request has to be sent again.
    Unclear {
        /// The wait that `Retry-After` asked for, in milliseconds.
        wait_ms: Option<u64>,
    },
}

/// The fields of [`shared::wire::Stored`] and [`shared::wire::WireError`] in the body of a response. A field that the body
/// does not have is empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResponseBody {
    /// The id that was sent.
    pub(crate) id: String,
    /// The short number to quote.
    pub(crate) receipt: String,
    /// The reason of a refusal.
    pub(crate) code: String,
    /// The field that the reason is about.
    pub(crate) field: String,
}

/// Decides what an HTTP response means for what was sent under this id.
///
/// A captive portal answers every request with 200, so a response counts as the collector's only if it echoes the id.
pub(crate) fn decide_outcome(id: &str, status: u16, body: ResponseBody, wait_ms: Option<u64>) -> SendOutcome {
    match status {
        200..=299 if body.id == id => SendOutcome::Stored(body.receipt),
        200..=299 => SendOutcome::Unclear { wait_ms },
        // Too slow, too early, too many: the same request may be sent again.
        408 | 425 | 429 => SendOutcome::Unclear { wait_ms },
        400..=499 => {
            let field = (!body.field.is_empty()).then_some(body.field);
            SendOutcome::Refused { code: Code::named(&body.code), field }
        }
        _ => SendOutcome::Unclear { wait_ms },
    }
}

/// The wait that `Retry-After` asks for, in milliseconds: seconds, or a date that `parse_date` turns into Unix milliseconds.
/// Source: RFC 9110, section 10.2.3.
pub(crate) fn parse_retry_after(
    header: &str,
    now_ms: u64,
    parse_date: impl Fn(&str) -> Option<u64>,
) -> Option<u64> {
    let wait = match header.trim().parse::<u64>() {
        Ok(seconds) => seconds.saturating_mul(1_000),
        Err(_) => parse_date(header)?.saturating_sub(now_ms),
    };
    Some(wait.min(LONGEST_WAIT_MS))
}

/// The wait before the next attempt: doubles from one second with each attempt and is never less than `asked_ms`. Half
/// of it depends on `random`, so that the visitors of a shop whose collector was down do not return at the same moment.
pub(crate) fn backoff_ms(attempts: u32, random: u8, asked_ms: Option<u64>) -> u64 {
    let whole = (1_000u64 << attempts.min(12)).min(LONGEST_WAIT_MS);
    let wait = whole / 2 + whole / 2 * u64::from(random) / 255;
    wait.max(asked_ms.unwrap_or(0)).min(LONGEST_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNCLEAR: SendOutcome = SendOutcome::Unclear { wait_ms: None };

    #[test]
    fn only_a_response_that_echoes_the_id_counts_as_stored() {
        let stored = |id: &str| ResponseBody {
            id: id.to_owned(),
            receipt: "K7Q-4MD".to_owned(),
            ..ResponseBody::default()
        };
        assert_eq!(decide_outcome("a", 201, stored("a"), None), SendOutcome::Stored("K7Q-4MD".to_owned()));
        for other in [stored("b"), ResponseBody::default()] {
            assert_eq!(decide_outcome("a", 200, other.clone(), None), UNCLEAR, "{other:?}");
        }
    }

    #[test]
    fn what_was_refused_is_never_sent_again_as_it_is() {
        let body = ResponseBody {
            code: "too_long".to_owned(),
            field: "comment".to_owned(),
            ..ResponseBody::default()
        };
        let refused = SendOutcome::Refused { code: Some(Code::TooLong), field: Some("comment".to_owned()) };
        assert_eq!(decide_outcome("a", 422, body, None), refused);
        assert_eq!(
            decide_outcome("a", 403, ResponseBody::default(), None),
            SendOutcome::Refused { code: None, field: None }
        );
    }

    #[test]
    fn a_collector_in_trouble_is_tried_again() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(
                decide_outcome("a", status, ResponseBody::default(), Some(5)),
                SendOutcome::Unclear { wait_ms: Some(5) },
                "{status}"
            );
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date_and_is_capped_at_an_hour() {
        let date = |text: &str| (text == "Sun, 22 Nov 2026 11:00:00 GMT").then_some(90_000);
        assert_eq!(parse_retry_after("7", 0, date), Some(7_000));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 11:00:00 GMT", 60_000, date), Some(30_000));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 11:00:00 GMT", 100_000, date), Some(0));
        assert_eq!(parse_retry_after("99999999999999999999", 0, date), None);
        assert_eq!(parse_retry_after("86400", 0, date), Some(LONGEST_WAIT_MS));
        assert_eq!(parse_retry_after("soon", 0, date), None);
    }

    #[test]
    fn waits_double_are_spread_at_random_and_obey_what_was_asked() {
        assert_eq!((backoff_ms(0, 0, None), backoff_ms(0, 255, None)), (500, 1_000));
        assert_eq!((backoff_ms(3, 0, None), backoff_ms(3, 255, None)), (4_000, 8_000));
        assert_eq!(backoff_ms(99, 255, None), LONGEST_WAIT_MS);
        assert_eq!(backoff_ms(0, 0, Some(30_000)), 30_000);
    }
}
