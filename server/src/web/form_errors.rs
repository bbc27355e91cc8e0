use shared::refusal::{Code, Refusal};

/// The errors of a form as sentences, by field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldErrors(Vec<(&'static str, String)>);

impl FieldErrors {
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.0.push((field, sentence.into()));
    }

    /// Returns the value, or adds the refusal's sentence to the field.
    pub fn check<T>(&mut self, field: &'static str, parsed: Result<T, Refusal>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.add(field, message(refusal.code));
                None
            }
        }
    }

    pub fn number(&mut self, field: &'static str, text: &str, from: u32, to: u32) -> Option<u32> {
        let parsed = crate::domain::shop_settings::number(field, text, from, to).ok();
        if parsed.is_none() {
            self.add(field, format!("A whole number from {from} to {to}, please."));
        }
        parsed
    }

    /// An empty line is an error.
    pub fn line(&mut self, field: &'static str, text: &str, max_chars: usize) -> Option<String> {
        let line = self.check(field, shared::text::line(field, text, max_chars))?;
        if line.is_empty() {
            self.add(field, message(Code::Missing));
            return None;
        }
        Some(line)
    }
}

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
        let mut errors = FieldErrors::default();
        assert_eq!(errors.number("seconds", " 20 ", 1, 600), Some(20));
        assert_eq!(errors.number("pages", "many", 1, 20), None);
        assert_eq!(errors.line("name", "  ", 60), None);
        assert_eq!(errors.line("shop", " Kiln ", 60).as_deref(), Some("Kiln"));
        assert_eq!(errors.at("pages"), Some("A whole number from 1 to 20, please."));
        assert_eq!(errors.at("name"), Some("This is still empty."));
        assert_eq!(errors.at("seconds"), None);
    }
}
