use shared::conversation::{AsideReason, ConversationSnapshot, Remedy, Stage};
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;

/// Without its messages. Every instant is in Unix milliseconds, UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    pub shop: ShopKey,
    /// The id of the response it is about.
    pub id: ResponseId,
    pub stage: Stage,
    pub moment: Moment,
    pub opened_at_ms: i64,
    pub changed_at_ms: i64,
    pub waits_since_at_ms: Option<i64>,
    /// When its follow-ups are checked next.
    pub next_check_at_ms: Option<i64>,
    pub shop_notified_at_ms: Option<i64>,
    pub reminders: i32,
    /// The id of the assigned member; empty for none.
    pub person: String,
    pub read_at_ms: Option<i64>,
    pub answered_at_ms: Option<i64>,
    /// How long the first reply took, in milliseconds of opening hours.
    pub answered_open_ms: Option<i64>,
    pub put_right_at_ms: Option<i64>,
    pub remedy: Option<Remedy>,
    /// Code from the shop's list; empty for none.
    pub cause: String,
    pub ask_at_ms: Option<i64>,
    /// Since it was last put right.
    pub asked_at_ms: Option<i64>,
    pub decided_at_ms: Option<i64>,
    pub aside: Option<AsideReason>,
    pub search_rowid: i64,
}

impl Conversation {
    /// Whether a member of the shop has read it, replied to it, or set it aside.
    pub fn is_seen_by_shop(&self) -> bool {
        self.read_at_ms.is_some() || self.answered_at_ms.is_some() || self.aside.is_some()
    }

    pub fn snapshot(&self) -> ConversationSnapshot {
        ConversationSnapshot {
            stage: self.stage,
            was_answered: self.answered_at_ms.is_some(),
            was_put_right: self.put_right_at_ms.is_some(),
            aside: self.aside,
        }
    }
}

/// Row numbers in the search index follow the time, and differ for conversations of the same millisecond.
pub fn search_rowid(now_ms: i64, id: &ResponseId) -> i64 {
    // The last five digits of a UUIDv7 are random (RFC 9562, section 5.7). 41 bits of time and 20 random bits.
    let random =
        id.as_str().get(31..).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    (now_ms << 20) | random
}
