//! Why the collector refused a request: a code that widget and collector share, and the field that it is about.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What was wrong. Its name goes over the wire; the widget has a sentence for it in the visitor's language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in JSON and logs.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The code with this name, if there is one.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.as_str() == name)
            }
        }
    };
}

codes! {
    /// The body is not JSON, or a field has a wrong type, is unknown or appears twice.
    Malformed = "malformed",
    /// A required field is missing.
    Missing = "missing",
    /// The text is longer than the field may be.
    TooLong = "too_long",
    /// The body did not arrive in time.
    TooSlow = "too_slow",
    /// The whole body is larger than 32 KiB.
    TooLarge = "too_large",
    /// The text contains a control character (NUL, escape, …).
    ControlCharacter = "control_character",
    /// The rating is not 1 to 5.
    RatingOutOfRange = "rating_out_of_range",
    /// The text is not an e-mail address.
    EmailLooksWrong = "email_looks_wrong",
    /// The id does not have the form that browsers make.
    IdLooksWrong = "id_looks_wrong",
    /// The secret is not 256 bits in base64url.
    SecretLooksWrong = "secret_looks_wrong",
    /// No shop has this key.
    NoSuchShop = "no_such_shop",
    /// A reason that is not on the shop's list.
    UnknownReason = "unknown_reason",
    /// There are more reasons than the shop's list has, or one appears twice.
    TooManyReasons = "too_many_reasons",
    /// The path of a page does not begin with a slash.
    PageLooksWrong = "page_looks_wrong",
    /// The id already belongs to something else.
    IdTaken = "id_taken",
    /// It does not exist, or belongs to another shop or visitor: the response does not tell which.
    NotFound = "not_found",
    /// The address does not accept this method.
    WrongMethod = "wrong_method",
    /// The page that sent the request is not allowed to.
    WrongOrigin = "wrong_origin",
    /// The header says that the body is not JSON, or is compressed.
    WrongContentType = "wrong_content_type",
    /// The text is not an origin such as `https://shop.example` or `http://localhost…`.
    OriginLooksWrong = "origin_looks_wrong",
    /// The text is not a colour such as `#1d5c45`.
    ColourLooksWrong = "colour_looks_wrong",
    /// The number is outside the allowed range.
    NumberOutOfRange = "number_out_of_range",
    /// The shop must reply before it can put a complaint right.
    AnswerFirst = "answer_first",
    /// The conversation's stage does not allow this.
    NotNow = "not_now",
    /// The conversation accepts no more messages.
    ConversationOver = "conversation_over",
    /// Another member of the shop has replied meanwhile.
    AnsweredMeanwhile = "answered_meanwhile",
    /// The signed-in member's role does not allow this.
    NotYours = "not_yours",
    /// The request has no valid session.
    SignedOut = "signed_out",
    /// There were too many requests; `Retry-After` says when to try again.
    TooMany = "too_many",
    /// The collector cannot store anything just now; `Retry-After` says when to try again.
    Busy = "busy",
    /// The collector has a fault.
    Internal = "internal",
}

/// A refusal: what was wrong, and with which field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The field of the request, if the refusal is about one.
    pub field: Option<&'static str>,
    /// What was wrong.
    pub code: Code,
}

impl Refusal {
    /// Makes a refusal that is about one field.
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
