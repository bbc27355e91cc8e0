//! What people type, as it is stored: plain text, never markup, without characters that break other programs.

use crate::refusal::{Code, Refusal};

/// The longest comment, in characters.
pub const COMMENT_MAX_CHARS: usize = 4_000;
/// The longest request body, in bytes.
pub const BODY_MAX_BYTES: usize = 32 * 1024;
/// The longest order number, in characters.
pub const ORDER_MAX_CHARS: usize = 64;
/// The longest product name that is stored, in characters; longer ones are cut.
pub const PRODUCT_MAX_CHARS: usize = 100;
/// The longest page title that is stored, in characters; longer ones are cut, since no visitor typed them.
pub const TITLE_MAX_CHARS: usize = 200;
/// The longest name of a shop or a person, in characters.
pub const NAME_MAX_CHARS: usize = 60;

/// Cleans a text with line breaks: CR LF becomes LF, and white space around it is removed.
///
/// # Errors
/// [`Code::TooLong`] over `max_chars`; [`Code::ControlCharacter`] for C0 and C1 controls except line feed and tab.
/// SQLite would store a NUL and PostgreSQL would refuse it, so neither receives one.
pub fn lines(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Refusal::of(field, Code::ControlCharacter));
    }
    within(field, text, max_chars)
}

/// Cleans a text on one line: white space around it is removed.
///
/// # Errors
/// [`Code::TooLong`] over `max_chars`; [`Code::ControlCharacter`] for any control character.
pub fn line(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Refusal::of(field, Code::ControlCharacter));
    }
    within(field, text, max_chars)
}

/// Cleans a text that no visitor typed, such as a page's title: control characters become spaces, and what is too long
/// is cut.
pub fn cut(text: &str, max_chars: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(max_chars).collect();
    clean.trim().to_owned()
}

fn within(field: &'static str, text: &str, max_chars: usize) -> Result<String, Refusal> {
    if text.chars().nth(max_chars).is_some() {
        return Err(Refusal::of(field, Code::TooLong));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn kept_text_has_no_control_characters_and_is_kept_the_same_way_twice(text in "\\PC*|.*") {
            if let Ok(kept) = lines("comment", &text, 100) {
                prop_assert!(kept.chars().count() <= 100);
                prop_assert!(!kept.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
                prop_assert_eq!(lines("comment", &kept, 100), Ok(kept));
            }
        }

        #[test]
        fn a_title_is_always_taken(text in any::<String>()) {
            prop_assert!(cut(&text, 10).chars().count() <= 10);
        }
    }

    #[test]
    fn one_character_too_many_is_too_long() {
        assert!(lines("comment", &"ü".repeat(COMMENT_MAX_CHARS), COMMENT_MAX_CHARS).is_ok());
        let refused = lines("comment", &"ü".repeat(COMMENT_MAX_CHARS + 1), COMMENT_MAX_CHARS);
        assert_eq!(refused, Err(Refusal::of("comment", Code::TooLong)));
    }

    #[test]
    fn characters_that_databases_disagree_about_are_refused() {
        for c in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9f}'] {
            let refused = lines("comment", &format!("a{c}b"), 10);
            assert_eq!(refused, Err(Refusal::of("comment", Code::ControlCharacter)), "{c:?}");
        }
        assert_eq!(lines("comment", " a\r\nb\tc\r ", 10).as_deref(), Ok("a\nb\tc"));
    }
}
