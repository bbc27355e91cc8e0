//! A generated response and its conversation, for the demo.

use crate::domain::conversation::Conversation;
use crate::domain::message::Message;
use crate::domain::response::Response;

#[derive(Debug, Clone)]
pub struct DemoResponse {
    pub response: Response,
    pub created_at_ms: i64,
    pub conversation: Option<DemoConversation>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoConversation {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
}
