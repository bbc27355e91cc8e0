//! What a visitor's browser and the collector say to each other about conversations. Every request is a `POST` with the
//! secret in its body, so that none stands in an address, a history or a log. Whoever has no right to a conversation is
//! told the same as where there is none.

use serde::{Deserialize, Serialize};

/// The most conversations that a device may ask about at once.
pub const TALKS_MAX: usize = 20;

/// One conversation that a device has the secret of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalkKey {
    /// [`crate::ids::ResponseId`] of the response it hangs on.
    pub id: String,
    /// [`crate::ids::Secret`]: the one the response was made with, or one that was made for this device later.
    pub secret: String,
}

/// `POST /v1/conversations`: how do they stand? `POST /v1/conversations/news`: tell me when something happens in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalksAsked {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// At most [`TALKS_MAX`].
    pub keys: Vec<TalkKey>,
}

/// How they stand. Those that are not there (any more), or that the secret does not open, are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talks {
    /// In the order they were asked for.
    pub talks: Vec<TalkLine>,
}

/// How one of them stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkLine {
    /// Its id.
    pub id: String,
    /// [`crate::conversation::Stage::shown`] to the visitor.
    pub stage: String,
    /// The short number to quote.
    pub receipt: String,
    /// How many messages of the shop the visitor has not seen.
    pub unread: u32,
    /// Who of the shop said something last; empty while nobody has.
    pub person: String,
    /// How the visitor's own words begin.
    pub words: String,
    /// When something last happened: Unix milliseconds, UTC.
    pub changed_at_ms: u64,
}

/// `POST /v1/conversations/{id}/read`, `/erase` and `/forget`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalkEntry {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`TalkKey::secret`].
    pub secret: String,
}

/// One conversation, as the visitor may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Its id.
    pub id: String,
    /// [`crate::conversation::Stage::shown`] to the visitor.
    pub stage: String,
    /// Whether "it is okay now" can be said.
    pub can_be_okay: bool,
    /// Whether an address is known that answers go to.
    pub has_email: bool,
    /// When somebody of the shop first opened it: Unix milliseconds, UTC.
    pub opened_at_ms: Option<u64>,
    /// What was said and done, in order; the response's own words come first.
    pub messages: Vec<TalkMessage>,
}

/// One thing said or done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TalkMessage {
    /// [`crate::ids::MessageId`]; the response's id for its own words.
    pub id: String,
    /// `words`, `put_right`, `asked`, `okay` or `not_yet`.
    pub kind: String,
    /// Who of the shop; empty for the visitor, and for what happened because it was time.
    pub person: String,
    /// Whether the visitor said or did it.
    pub mine: bool,
    /// Address of that person's photo, or none for initials.
    pub photo: Option<String>,
    /// Words; for `put_right` the name of the [`crate::conversation::Remedy`].
    pub words: String,
    /// When: Unix milliseconds, UTC.
    pub sent_at_ms: u64,
    /// Whether the visitor has not seen it yet.
    pub new: bool,
}

/// `POST /v1/conversations/{id}/messages`: something to say. Sent again, it is said once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`TalkKey::secret`].
    pub secret: String,
    /// [`crate::ids::MessageId`], made by the browser.
    pub message: String,
    /// At most [`crate::text::COMMENT_MAX_CHARS`].
    pub words: String,
}

/// `POST /v1/conversations/{id}/verdict`: is it okay now?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewVerdict {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`TalkKey::secret`].
    pub secret: String,
    /// [`crate::ids::MessageId`] of the line that says so, made by the browser.
    pub message: String,
    /// Whether it is.
    pub okay: bool,
}

/// `POST /v1/conversations/{id}/seen`: everything up to an instant was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalkSeen {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`TalkKey::secret`].
    pub secret: String,
    /// [`TalkMessage::sent_at_ms`] of the last one seen.
    pub until_ms: u64,
}

/// `POST /v1/conversations/{id}/links`: make a private link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`TalkKey::secret`].
    pub secret: String,
    /// [`crate::ids::Secret`] for the link, made by the browser: `/c/KEY#SECRET`.
    pub link: String,
}

/// `POST /v1/links`: swap a link's secret for one of this device's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkOpened {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// What stood behind the `#`.
    pub link: String,
    /// [`crate::ids::Secret`] for this device, made by the browser.
    pub secret: String,
}
