//! Why something went wrong, in the shop's own short list: what is counted, so that it can stop happening.

use crate::domain::reason::{code_of, is_code};
use serde::{Deserialize, Serialize};
use shared::refusal::{Code, Refusal};
use shared::text::line;

/// The most causes a shop may tell apart.
pub const CAUSES_MAX: usize = 12;
/// The longest name, in characters.
pub const CAUSE_MAX_CHARS: usize = 40;

/// One cause in the shop's words. No visitor ever sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// What is stored and counted; stays when the wording changes. 1 to 32 of `a-z`, `0-9` and `_`.
    pub code: String,
    /// What the people of the shop read.
    pub name: String,
}

impl Cause {
    /// A cause from what an owner typed; the code is made from the name unless it has one already.
    ///
    /// # Errors
    /// [`Code::Missing`] without a name, [`Code::TooLong`] and [`Code::ControlCharacter`] as in [`line()`].
    pub fn parse(code: &str, name: &str) -> Result<Self, Refusal> {
        let name = line("causes", name, CAUSE_MAX_CHARS)?;
        if name.is_empty() {
            return Err(Refusal::of("causes", Code::Missing));
        }
        let code = if is_code(code) { code.to_owned() } else { code_of(&name) };
        Ok(Self { code, name })
    }

    /// What a new shop starts with.
    pub fn starters() -> Vec<Self> {
        [
            ("late_parcel", "Late parcel"),
            ("broken_on_arrival", "Broken on arrival"),
            ("checkout_error", "Checkout error"),
            ("not_like_the_photo", "Not like the photo"),
            ("wrong_item", "Wrong item"),
            ("something_else", "Something else"),
        ]
        .map(|(code, name)| Self { code: code.to_owned(), name: name.to_owned() })
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_cause_keeps_its_code() {
        assert_eq!(Cause::parse("late_parcel", "Parcel was late").unwrap().code, "late_parcel");
        assert_eq!(Cause::parse("", "Kiln too hot").unwrap().code, "kiln_too_hot");
        assert!(Cause::parse("", " ").is_err());
        for cause in Cause::starters() {
            assert_eq!(Cause::parse(&cause.code, &cause.name), Ok(cause));
        }
    }
}
