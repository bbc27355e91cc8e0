//! Why something went wrong, in the shop's own short list. Visitors never see it.

use crate::domain::reason::{code_of, is_code};
use serde::{Deserialize, Serialize};
use shared::refusal::{Code, Refusal};
use shared::text::line;

pub const CAUSES_MAX: usize = 12;
pub const CAUSE_MAX_CHARS: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Stored and counted; stays when the name changes. 1 to 32 of `a-z`, `0-9` and `_`.
    pub code: String,
    pub name: String,
}

impl Cause {
    /// Makes a code from the name unless there is one already.
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
