//! When the delivery of a mail is retried, and when it is given up.

use crate::db::outbox_claims::DeliveryOutcome;
use crate::time::clock::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Source: RFC 5321, section 4.5.4.1 asks for four to five days between servers; after three, the shop should have
/// known for two.
pub(crate) const GIVE_UP_AFTER_MS: i64 = 3 * DAY_MS;
/// How long a claimed mail is not claimed by another collector.
pub(crate) const CLAIM_MS: i64 = 5 * MINUTE_MS;
/// Attempts at a mail that cannot be composed, which is a bug.
pub(crate) const COMPOSE_ATTEMPTS_MAX: i32 = 5;
const PAUSE_MAX_MS: i64 = 4 * HOUR_MS;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryError {
    /// The server is unreachable or refuses us; the mail is not to blame.
    Server(String),
    /// The server refuses this mail for now.
    Temporary(String),
    /// The server refuses this mail for good.
    Permanent(String),
    /// The mail could not be composed, which is a bug.
    NotComposed,
}

/// `random` (0.0 to 1.0) spreads the retries of many mails.
pub(crate) fn classify(
    error: DeliveryError,
    attempts: i32,
    created_at_ms: i64,
    now_ms: i64,
    random: f64,
) -> DeliveryOutcome {
    let text = match error {
        DeliveryError::Permanent(text) => return DeliveryOutcome::Failed(text),
        DeliveryError::NotComposed if attempts >= COMPOSE_ATTEMPTS_MAX => {
            return DeliveryOutcome::Failed(
                "This mail could not be made. That is our own mistake.".to_owned(),
            );
        }
        DeliveryError::NotComposed => "This mail could not be made. It is tried again.".to_owned(),
        DeliveryError::Server(text) | DeliveryError::Temporary(text) => text,
    };
    let expires_at_ms = created_at_ms + GIVE_UP_AFTER_MS;
    if now_ms >= expires_at_ms {
        return DeliveryOutcome::Failed(text);
    }
    // The last attempt is at the end of the three days, so that nothing is given up early.
    let due_at_ms = (now_ms + pause_ms(attempts, random)).min(expires_at_ms);
    DeliveryOutcome::Later { due_at_ms, error: text }
}

/// One minute, two, four, … four hours; up to a fifth less at random.
fn pause_ms(attempts: i32, random: f64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    let pause_ms = (MINUTE_MS << doublings).min(PAUSE_MAX_MS);
    pause_ms - (pause_ms as f64 * 0.2 * random.clamp(0.0, 1.0)) as i64
}

/// How long a shop's mail server is left alone after consecutive failures of the server itself: not at all after the
/// first, for which the mail may be to blame, then longer, at most five minutes.
pub(crate) fn backoff_ms(failures: u32) -> i64 {
    match failures {
        0 | 1 => 0,
        more => ((15_000_i64) << (more - 2).min(5)).min(5 * MINUTE_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn not_now() -> DeliveryError {
        DeliveryError::Temporary("451 later".to_owned())
    }

    #[test]
    fn a_mail_is_tried_for_three_days_at_growing_intervals_and_then_no_more() {
        let (mut now_ms, mut attempts, mut pauses) = (0, 1, Vec::new());
        while let DeliveryOutcome::Later { due_at_ms, .. } = classify(not_now(), attempts, 0, now_ms, 0.0) {
            pauses.push((due_at_ms - now_ms) / MINUTE_MS);
            (now_ms, attempts) = (due_at_ms, attempts + 1);
        }
        assert_eq!(pauses[..9], [1, 2, 4, 8, 16, 32, 64, 128, 240]);
        assert_eq!(now_ms, GIVE_UP_AFTER_MS, "the last try is at the very end");
        assert!(pauses.len() < 30, "{}", pauses.len());
        assert_eq!(classify(not_now(), 9, 0, now_ms, 0.0), DeliveryOutcome::Failed("451 later".to_owned()));
    }

    #[test]
    fn what_the_server_never_takes_is_not_tried_again_and_what_we_stumble_over_only_a_few_times() {
        let never = DeliveryError::Permanent("550 nobody".to_owned());
        assert_eq!(classify(never, 1, 0, 1, 0.0), DeliveryOutcome::Failed("550 nobody".to_owned()));
        assert!(matches!(classify(DeliveryError::NotComposed, 4, 0, 1, 0.0), DeliveryOutcome::Later { .. }));
        assert!(matches!(classify(DeliveryError::NotComposed, 5, 0, 1, 0.0), DeliveryOutcome::Failed(_)));
    }

    proptest! {
        #[test]
        fn a_pause_is_never_over_at_once_and_never_longer_than_four_hours(attempts in 1..200, random in 0.0..1.0) {
            let pause = pause_ms(attempts, random);
            prop_assert!((48_000..=PAUSE_MAX_MS).contains(&pause), "{pause}");
            prop_assert!((0..=5 * MINUTE_MS).contains(&backoff_ms(attempts.unsigned_abs())));
        }
    }
}
