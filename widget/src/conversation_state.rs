//! What the widget knows about the visitor's conversations.

use shared::wire::conversation::{ConversationSummary, VisitorConversation};

/// The conversations as they were fetched last, and what the visitor does with one of them.
#[derive(Default)]
pub(crate) struct ConversationState {
    pub(crate) summaries: Vec<ConversationSummary>,
    /// Id of the current conversation.
    pub(crate) current_id: String,
    /// The current conversation, once it was fetched.
    pub(crate) current: Option<VisitorConversation>,
    /// The error sentence beside a field or a button.
    pub(crate) error: String,
    /// The address that was just added.
    pub(crate) email: String,
    /// A private link that was just made.
    pub(crate) link: String,
    /// The secret of the private link that led here, until it is exchanged for a key of this device.
    pub(crate) link_secret: String,
    /// The verdict that the button of an e-mail proposed: whether it is okay now.
    pub(crate) proposed: Option<bool>,
    /// Whether the panel is open.
    pub(crate) is_in_sight: bool,
    /// Whether the last attempt to deliver a message failed.
    pub(crate) is_stuck: bool,
}

impl ConversationState {
    /// The summary with something unread, or else the latest.
    pub(crate) fn latest(&self) -> Option<&ConversationSummary> {
        self.summaries.iter().max_by_key(|summary| (summary.unread > 0, summary.changed_at_ms))
    }
}
