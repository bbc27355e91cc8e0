//! Why something from outside was not taken: a code both sides know, and the field it is about.

use crate::string_enum;
use std::fmt;

string_enum! {
    /// What was wrong. The word goes over the wire; the widget says it in the visitor's language.
    Code {
        /// Not JSON, a wrong type, an unknown or a doubled field.
        Malformed = "malformed",
        /// A field that must be there is not.
        Missing = "missing",
        /// Longer than the field may be.
        TooLong = "too_long",
        /// The body did not arrive in time.
        TooSlow = "too_slow",
        /// The whole body is larger than 32 KiB.
        TooLarge = "too_large",
        /// A character that no keyboard types into a sentence (NUL, escape, …).
        ControlCharacter = "control_character",
        /// Not 1 to 5.
        RatingOutOfRange = "rating_out_of_range",
        /// Not an e-mail address.
        EmailLooksWrong = "email_looks_wrong",
        /// Not an id of the form the browser makes.
        IdLooksWrong = "id_looks_wrong",
        /// Not a secret of 256 bits.
        SecretLooksWrong = "secret_looks_wrong",
        /// No shop has this key.
        NoSuchShop = "no_such_shop",
        /// A reason that is not on the shop's list.
        UnknownReason = "unknown_reason",
        /// More reasons than the list is long, or one twice.
        TooManyReasons = "too_many_reasons",
        /// The path of a page does not begin with a slash.
        PageLooksWrong = "page_looks_wrong",
        /// This id already stands for something else.
        IdTaken = "id_taken",
        /// Nothing is there, or it is not yours: the two are told apart for nobody.
        NotFound = "not_found",
        /// The address is known, but not for this.
        WrongMethod = "wrong_method",
        /// Sent from a page that may not send this.
        WrongOrigin = "wrong_origin",
        /// Not JSON by its header, or compressed.
        WrongContentType = "wrong_content_type",
        /// Not an `https://shop.example` (or `http://localhost…`) origin.
        OriginLooksWrong = "origin_looks_wrong",
        /// Not a colour like `#1d5c45`.
        ColourLooksWrong = "colour_looks_wrong",
        /// A number outside of what makes sense.
        NumberOutOfRange = "number_out_of_range",
        /// A complaint is put right only after somebody has said a word to the visitor.
        AnswerFirst = "answer_first",
        /// The conversation does not stand where this makes sense.
        NotNow = "not_now",
        /// Nothing more can be written in this conversation.
        ConversationOver = "conversation_over",
        /// Somebody else has answered meanwhile.
        AnsweredMeanwhile = "answered_meanwhile",
        /// Signed in, but this is for others.
        NotYours = "not_yours",
        /// Not signed in.
        SignedOut = "signed_out",
        /// Too much at once; the answer says when to try again.
        TooMany = "too_many",
        /// The collector cannot store just now; the answer says when to try again.
        Busy = "busy",
        /// Our fault.
        Internal = "internal",
    }
}

/// One refusal: what was wrong, and with which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The field of the request, if it was about one.
    pub field: Option<&'static str>,
    /// What was wrong with it.
    pub code: Code,
}

impl Refusal {
    /// A refusal about one field.
    pub fn of(field: &'static str, code: Code) -> Self {
        Self { field: Some(field), code }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { field: None, code }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.code.as_str()),
            None => f.write_str(self.code.as_str()),
        }
    }
}

impl std::error::Error for Refusal {}
