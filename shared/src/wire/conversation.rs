//! Requests and responses about conversations, between a visitor's browser and the collector. Every request is a `POST`
//! with the secret in its body, so that no secret appears in a URL, a history or a log. A wrong secret gets the same
//! response as a conversation that does not exist.

use serde::{Deserialize, Serialize};

/// The most conversations that a device may ask about at once.
pub const CONVERSATIONS_MAX: usize = 20;

/// One conversation that a device has the secret of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationKey {
    /// [`crate::ids::ResponseId`] of the response it hangs on.
    pub id: String,
    /// [`crate::ids::Secret`]: the one the response was made with, or one that was made for this device later.
    pub secret: String,
}

/// `POST /v1/conversations` lists them; `POST /v1/conversations/news` streams an event when one of them changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListConversations {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// At most [`CONVERSATIONS_MAX`].
    pub keys: Vec<ConversationKey>,
}

/// The response to [`ListConversations`]. Conversations that do not exist, or that the secret does not open, are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationList {
    /// In the order of the request's keys.
    pub talks: Vec<ConversationSummary>,
}

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// [`crate::conversation::Stage::shown`] to the visitor.
    pub stage: String,
    /// The short number to quote.
    pub receipt: String,
    /// How many messages of the shop the visitor has not seen.
    pub unread: u32,
    /// The member of the shop who wrote last; empty before the first reply.
    pub person: String,
    /// The beginning of the visitor's own words.
    pub words: String,
    /// When something last happened: Unix milliseconds, UTC.
    pub changed_at_ms: u64,
}

/// `POST /v1/conversations/{id}/read`, `/erase` and `/forget`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationAccess {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`ConversationKey::secret`].
    pub secret: String,
}

/// One conversation, as the visitor may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorConversation {
    /// Its id.
    pub id: String,
    /// [`crate::conversation::Stage::shown`] to the visitor.
    pub stage: String,
    /// Whether "it is okay now" can be said.
    pub can_be_okay: bool,
    /// Whether the shop has an e-mail address for replies.
    pub has_email: bool,
    /// When a member of the shop first opened it: Unix milliseconds, UTC.
    pub opened_at_ms: Option<u64>,
    /// Messages and events, oldest first; the response's own words come first.
    pub messages: Vec<VisitorMessage>,
}

/// One message or event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorMessage {
    /// [`crate::ids::MessageId`]; the response's id for its own words.
    pub id: String,
    /// `words`, `put_right`, `asked`, `okay` or `not_yet`.
    pub kind: String,
    /// The member of the shop; empty for the visitor, and for events that time triggered.
    pub person: String,
    /// Whether it is the visitor's.
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

/// `POST /v1/conversations/{id}/messages`: a message. Sent twice, it is stored once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`ConversationKey::secret`].
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
    /// See [`ConversationKey::secret`].
    pub secret: String,
    /// [`crate::ids::MessageId`] of the line that says so, made by the browser.
    pub message: String,
    /// Whether it is.
    pub okay: bool,
}

/// `POST /v1/conversations/{id}/seen`: the visitor has seen everything up to an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkSeen {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`ConversationKey::secret`].
    pub secret: String,
    /// [`VisitorMessage::sent_at_ms`] of the last one seen.
    pub until_ms: u64,
}

/// `POST /v1/conversations/{id}/links`: make a private link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// See [`ConversationKey::secret`].
    pub secret: String,
    /// [`crate::ids::Secret`] for the link, made by the browser: `/c/KEY#SECRET`.
    pub link: String,
}

/// `POST /v1/links`: exchanges a private link's secret for a secret of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedLink {
    /// [`crate::ids::ShopKey`].
    pub shop: String,
    /// The link's secret, from behind the `#`.
    pub link: String,
    /// [`crate::ids::Secret`] for this device, made by the browser.
    pub secret: String,
}
