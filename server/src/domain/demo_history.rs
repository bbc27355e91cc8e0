//! A made-up response and what became of it.

use crate::domain::conversation::Conversation;
use crate::domain::message::Message;
use crate::domain::response::Response;

/// One visitor's answer, and what became of it.
#[derive(Debug, Clone)]
pub struct DemoResponse {
    /// What they sent.
    pub response: Response,
    /// When: Unix milliseconds, UTC.
    pub created_at_ms: i64,
    /// The conversation, if it was a complaint.
    pub talk: Option<DemoConversation>,
}

/// A conversation and what was said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoConversation {
    /// Where it stands.
    pub it: Conversation,
    /// What was said and done, in order.
    pub said: Vec<Message>,
}
