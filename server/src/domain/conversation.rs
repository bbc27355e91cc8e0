//! A conversation without its messages.

use shared::conversation::{AsideReason, ConversationSnapshot, Remedy, Stage};
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;

/// A conversation, without what was said in it. Every instant is in Unix milliseconds, UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Whose.
    pub shop: ShopKey,
    /// The response it hangs on.
    pub id: ResponseId,
    /// Where it stands.
    pub stage: Stage,
    /// When the visitor was asked.
    pub moment: Moment,
    /// When it began.
    pub opened_at_ms: i64,
    /// When somebody last said or did something in it.
    pub changed_at_ms: i64,
    /// Since when the visitor waits for an answer.
    pub waits_since_at_ms: Option<i64>,
    /// When somebody has to look at it again.
    pub next_check_at_ms: Option<i64>,
    /// When the shop was told that this visitor waits.
    pub shop_notified_at_ms: Option<i64>,
    /// How often the shop was reminded since.
    pub reminders: i32,
    /// Who of the shop has it; empty for nobody.
    pub person: String,
    /// When somebody of the shop first opened it.
    pub read_at_ms: Option<i64>,
    /// When somebody of the shop first said something.
    pub answered_at_ms: Option<i64>,
    /// How long that took, in milliseconds of opening hours.
    pub answered_open_ms: Option<i64>,
    /// When it was last put right.
    pub put_right_at_ms: Option<i64>,
    /// How.
    pub remedy: Option<Remedy>,
    /// Code of the cause, from the shop's own list; empty if nobody told.
    pub cause: String,
    /// When the visitor is to be asked "is it okay now?".
    pub ask_at_ms: Option<i64>,
    /// When they were asked, since it was last put right.
    pub asked_at_ms: Option<i64>,
    /// When the visitor last said "okay" or "not yet".
    pub decided_at_ms: Option<i64>,
    /// Why it was set aside, if it is.
    pub aside: Option<AsideReason>,
    /// Its row in the search index.
    pub search_rowid: i64,
}

impl Conversation {
    /// What its moves need to know.
    pub fn snapshot(&self) -> ConversationSnapshot {
        ConversationSnapshot {
            stage: self.stage,
            was_answered: self.answered_at_ms.is_some(),
            was_put_right: self.put_right_at_ms.is_some(),
            aside: self.aside,
        }
    }
}

/// Where a conversation that begins now stands in the search index: by time, and apart from others of the same moment.
pub fn search_rowid(now_ms: i64, id: &ResponseId) -> i64 {
    // The last five digits of a UUIDv7 are random (RFC 9562, section 5.7). 41 bits of time and 20 of chance.
    let random =
        id.as_str().get(31..).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    (now_ms << 20) | random
}
