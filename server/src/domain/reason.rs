//! The reasons a visitor picks on a low rating, in the shop's words.

use serde::{Deserialize, Serialize};
use shared::refusal::{Code, Refusal};
use shared::text::line;
use shared::words::{Language, Word};

pub const REASONS_MAX: usize = 8;
/// A chip, not a sentence.
pub const REASON_MAX_CHARS: usize = 32;

/// The code of reasons that are not on the list.
pub const SOMETHING_ELSE: &str = "something_else";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stored and counted; stays when the wording changes. 1 to 32 of `a-z`, `0-9` and `_`.
    pub code: String,
    pub en: String,
    pub de: String,
}

impl Reason {
    /// Makes a code from the English words unless there is one already.
    ///
    /// # Errors
    /// [`Code::Missing`] without English words, [`Code::TooLong`] and [`Code::ControlCharacter`] as in [`line()`].
    pub fn parse(code: &str, en: &str, de: &str) -> Result<Self, Refusal> {
        let en = line("reasons", en, REASON_MAX_CHARS)?;
        let de = line("reasons", de, REASON_MAX_CHARS)?;
        if en.is_empty() {
            return Err(Refusal::of("reasons", Code::Missing));
        }
        let code = if is_code(code) { code.to_owned() } else { code_of(&en) };
        Ok(Self { code, de: if de.is_empty() { en.clone() } else { de }, en })
    }

    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::De => &self.de,
        }
    }

    pub fn starters() -> Vec<Self> {
        [
            ("delivery", Word::ReasonDelivery),
            ("arrived_broken", Word::ReasonBroken),
            ("cant_find_it", Word::ReasonFinding),
            ("shipping_cost", Word::ReasonShippingCost),
            ("checkout", Word::ReasonCheckout),
            (SOMETHING_ELSE, Word::ReasonElse),
        ]
        .into_iter()
        .map(|(code, word)| Self {
            code: code.to_owned(),
            en: word.say(Language::En).to_owned(),
            de: word.say(Language::De).to_owned(),
        })
        .collect()
    }
}

pub fn is_code(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Letters and digits stay, anything else becomes one `_`.
pub(crate) fn code_of(words: &str) -> String {
    let mut code = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if code.len() >= 32 {
            break;
        }
        if c.is_ascii_alphanumeric() {
            code.push(c);
        } else if !code.is_empty() && !code.ends_with('_') {
            code.push('_');
        }
    }
    let code = code.trim_end_matches('_');
    if code.is_empty() {
        // Words without a Latin letter still need a code of their own; a small hash of them is stable.
        let hash = words.bytes().fold(5381u32, |h, b| h.wrapping_mul(33) ^ u32::from(b));
        return ["r", &hash.to_string()].concat();
    }
    code.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reworded_reason_keeps_its_code() {
        assert_eq!(Reason::parse("late", "Too late!", "Zu spät").unwrap().code, "late");
        assert_eq!(Reason::parse("", "Can’t find it", "").unwrap().code, "can_t_find_it");
        assert!(is_code(&Reason::parse("", "遅い", "").unwrap().code));
        assert!(Reason::parse("", " ", "x").is_err());
    }

    #[test]
    fn starters_fit_their_own_rules() {
        let starters = Reason::starters();
        assert!(starters.len() <= REASONS_MAX);
        for r in starters {
            assert_eq!(Reason::parse(&r.code, &r.en, &r.de), Ok(r));
        }
    }
}
