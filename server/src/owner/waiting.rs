//! Those who wait for an answer, the one who has waited longest first.

use super::face::Face;
use super::shown::Shown;
use super::wording;
use crate::clock::HOUR_MS;

/// One who waits.
pub struct WaitingOne {
    /// How they felt.
    pub face: Face,
    /// Who it is, as far as they told.
    pub who: String,
    /// Class that colours the time.
    pub urgency: &'static str,
    /// How long they have waited.
    pub waited: String,
    /// Their words.
    pub words: String,
    /// What is said where there are none.
    pub without_words: String,
    /// When, where and which order.
    pub facts: String,
    /// Where everything they told stands.
    pub href: String,
    /// A letter to them, begun; none without an address.
    pub mail: Option<String>,
}

/// One who waits, ready to be shown.
pub fn one(shown: Shown, now_ms: i64) -> WaitingOne {
    let waited_ms = now_ms - shown.at_ms;
    let mut facts = vec![shown.moment.clone()];
    facts.extend((!shown.page().is_empty()).then(|| shown.page().to_owned()));
    facts.extend((!shown.order_number.is_empty()).then(|| format!("order {}", shown.order_number)));
    facts.extend(shown.email.is_empty().then(|| "no e-mail left".to_owned()));
    WaitingOne {
        face: shown.face,
        who: shown.who().to_owned(),
        urgency: match waited_ms {
            ms if ms < 2 * HOUR_MS => "",
            ms if ms < 24 * HOUR_MS => "o-pill-mid",
            _ => "o-pill-bad",
        },
        waited: wording::span_short(waited_ms),
        without_words: match shown.reasons.is_empty() {
            true => "No words, but would like an answer.".to_owned(),
            false => shown.reasons.join(", "),
        },
        facts: facts.join(" · "),
        words: shown.words,
        href: shown.href,
        mail: shown.mail,
    }
}
