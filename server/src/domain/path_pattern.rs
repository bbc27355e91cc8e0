//! Which pages of a shop a trigger is for: `/thank-you*`.

use shared::refusal::{Code, Refusal};

/// `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// # Errors
    /// [`Code::PageLooksWrong`] unless it begins with `/` or `*`, is at most 200 characters long, and has neither
    /// white space nor control characters.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let fine = text.starts_with(['/', '*'])
            && text.chars().count() <= 200
            && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if fine { Ok(Self(text.to_owned())) } else { Err(Refusal::of("path", Code::PageLooksWrong)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Anchored at both ends, for the loader.
    pub fn to_regex(&self) -> String {
        let mut regex = String::from("^");
        for c in self.0.chars() {
            match c {
                '*' => regex.push_str(".*"),
                c if c.is_ascii_punctuation() && c != '/' && c != '-' && c != '_' => {
                    regex.push('\\');
                    regex.push(c);
                }
                c => regex.push(c),
            }
        }
        regex.push('$');
        regex
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_star_stands_for_itself() {
        let pattern = PathPattern::parse(" /order/*/thanks.html ").unwrap();
        assert_eq!(pattern.to_regex(), r"^/order/.*/thanks\.html$");
        assert!(PathPattern::parse("thanks").is_err());
        assert!(PathPattern::parse("/thank you").is_err());
    }
}
