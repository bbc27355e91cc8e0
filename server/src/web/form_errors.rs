//! What was not right about a form, in sentences beside its fields.

use shared::refusal::{Code, Refusal};

/// Sentences by field. Empty when everything is fine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldErrors(Vec<(&'static str, String)>);

impl FieldErrors {
    /// The sentence beside this field, if there is one.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Whether everything is fine.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes a sentence beside a field.
    pub fn add(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.0.push((field, sentence.into()));
    }

    /// The value, or none and a note beside the field of this name.
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, Refusal>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.add(field, message(refusal.code));
                None
            }
        }
    }

    /// A number from a field, or a note that says which numbers make sense.
    pub fn number(&mut self, field: &'static str, text: &str, from: u32, to: u32) -> Option<u32> {
        let parsed = crate::domain::shop_settings::number(field, text, from, to).ok();
        if parsed.is_none() {
            self.add(field, format!("A whole number from {from} to {to}, please."));
        }
        parsed
    }

    /// A line of text that must be there.
    pub fn line(&mut self, field: &'static str, text: &str, max_chars: usize) -> Option<String> {
        let line = self.check(field, shared::text::line(field, text, max_chars))?;
        if line.is_empty() {
            self.add(field, message(Code::Missing));
            return None;
        }
        Some(line)
    }
}

/// What to do about it, as said across a counter.
pub fn message(code: Code) -> &'static str {
    match code {
        Code::Missing => "This is still empty.",
        Code::TooLong => "This is longer than it may be.",
        Code::ControlCharacter => "There is a character in it that can’t be kept. Typing it anew helps.",
        Code::EmailLooksWrong => "That address looks cut off. It should look like anna@shop.example.",
        Code::OriginLooksWrong => {
            "An address looks like https://shop.example; only your own computer may do without https."
        }
        Code::ColourLooksWrong => "A colour looks like #1d5c45.",
        Code::PageLooksWrong => "A page begins with a slash, like /thank-you*.",
        Code::TooManyReasons => "Eight reasons at most.",
        other => crate::error::sentence_of(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_sentence() {
        let mut wrong = FieldErrors::default();
        assert_eq!(wrong.number("seconds", " 20 ", 1, 600), Some(20));
        assert_eq!(wrong.number("pages", "many", 1, 20), None);
        assert_eq!(wrong.line("name", "  ", 60), None);
        assert_eq!(wrong.line("shop", " Kiln ", 60).as_deref(), Some("Kiln"));
        assert_eq!(wrong.at("pages"), Some("A whole number from 1 to 20, please."));
        assert_eq!(wrong.at("name"), Some("This is still empty."));
        assert_eq!(wrong.at("seconds"), None);
    }
}
