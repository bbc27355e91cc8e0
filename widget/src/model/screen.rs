//! The screens of the widget, and which screen follows.

use super::delivery::{ATTEMPTS_IN_SIGHT, SendOutcome};

/// What the visitor sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// The question with its faces.
    Question,
    /// The thank-you after a happy rating.
    Happy,
    /// A field for words, after a happy rating.
    SayMore,
    /// Reasons, words and contact, after any other rating.
    Form,
    /// The form while it is being sent.
    Sending,
    /// The response is on this device only, because there is no network.
    Saved,
    /// The collector does not respond.
    Failed,
    /// The collector refused the response.
    Refused,
    /// The response is stored; shows its receipt.
    Sent,
    /// "Don't ask me again" was tapped.
    NeverAsk,
    /// What the shop keeps.
    Privacy,
    /// This device has forgotten everything.
    Forgotten,
    /// A conversation is being fetched.
    LoadingConversation,
    /// One conversation.
    Conversation,
    /// The list of conversations.
    Conversations,
    /// What else can be done with a conversation.
    ConversationMenu,
    /// Asks whether a conversation is really to be deleted.
    ConfirmErase,
    /// The conversation was deleted.
    Erased,
    /// The conversation cannot be fetched at the moment.
    ConversationUnavailable,
    /// The conversation does not exist, or not any more.
    ConversationGone,
}

impl Screen {
    /// The screen after a rating.
    pub(crate) fn after_rating(rating: u8) -> Self {
        if rating >= 4 { Self::Happy } else { Self::Form }
    }

    /// The screen after an attempt to deliver, for a visitor who waits for it.
    pub(crate) fn after_attempt(outcome: &SendOutcome, attempts: u32, is_online: bool) -> Self {
        match outcome {
            SendOutcome::Stored(_) => Self::Sent,
            SendOutcome::Refused { .. } => Self::Refused,
            SendOutcome::Unclear { .. } if !is_online => Self::Saved,
            // The collector asks for a longer wait than a visitor would watch.
            SendOutcome::Unclear { wait_ms: Some(wait) } if *wait > 5_000 => Self::Failed,
            SendOutcome::Unclear { .. } if attempts >= ATTEMPTS_IN_SIGHT => Self::Failed,
            SendOutcome::Unclear { .. } => Self::Sending,
        }
    }

    /// Whether the visitor has finished, so that the next opening starts a new response.
    pub(crate) fn is_finished(self) -> bool {
        matches!(self, Self::Happy | Self::Sent | Self::NeverAsk | Self::Forgotten) || self.is_conversation()
    }

    /// Whether it is about a conversation. What the visitor writes there is kept, so another screen may follow at any time.
    pub(crate) fn is_conversation(self) -> bool {
        match self {
            Self::LoadingConversation
            | Self::Conversation
            | Self::Conversations
            | Self::ConversationMenu
            | Self::ConfirmErase
            | Self::Erased
            | Self::ConversationUnavailable
            | Self::ConversationGone => true,
            Self::Question
            | Self::Happy
            | Self::SayMore
            | Self::Form
            | Self::Sending
            | Self::Saved
            | Self::Failed
            | Self::Refused
            | Self::Sent
            | Self::NeverAsk
            | Self::Privacy
            | Self::Forgotten => false,
        }
    }

    /// Whether the panel closes by itself if the visitor does nothing.
    pub(crate) fn closes_by_itself(self) -> bool {
        matches!(self, Self::Happy | Self::NeverAsk | Self::Forgotten)
    }

    /// Whether a phone dims the shop's page behind the panel.
    pub(crate) fn dims_shop(self) -> bool {
        !matches!(self, Self::Question | Self::Happy | Self::NeverAsk | Self::Forgotten)
    }

    /// Whether the end of a delivery changes what the visitor sees.
    pub(crate) fn awaits_delivery(self) -> bool {
        matches!(self, Self::Sending | Self::Saved | Self::Failed)
    }

    /// Whether the draft of the response is kept on the device meanwhile.
    pub(crate) fn keeps_draft(self) -> bool {
        matches!(self, Self::Form | Self::SayMore | Self::Privacy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNCLEAR: SendOutcome = SendOutcome::Unclear { wait_ms: None };

    #[test]
    fn all_good_is_one_tap_and_all_else_may_say_more() {
        for (rating, screen) in
            [(5, Screen::Happy), (4, Screen::Happy), (3, Screen::Form), (2, Screen::Form), (1, Screen::Form)]
        {
            assert_eq!(Screen::after_rating(rating), screen, "{rating}");
        }
    }

    #[test]
    fn sent_is_shown_only_when_it_is_stored() {
        let stored = SendOutcome::Stored("K7Q-4MD".to_owned());
        assert_eq!(Screen::after_attempt(&stored, 1, true), Screen::Sent);
        for (attempts, is_online) in [(1, true), (9, true), (1, false)] {
            assert_ne!(Screen::after_attempt(&UNCLEAR, attempts, is_online), Screen::Sent);
        }
    }

    #[test]
    fn without_a_network_it_is_saved_and_with_one_three_attempts_are_a_failure() {
        assert_eq!(Screen::after_attempt(&UNCLEAR, 1, false), Screen::Saved);
        assert_eq!(Screen::after_attempt(&UNCLEAR, 1, true), Screen::Sending);
        assert_eq!(Screen::after_attempt(&UNCLEAR, 3, true), Screen::Failed);
        let busy = SendOutcome::Unclear { wait_ms: Some(60_000) };
        assert_eq!(Screen::after_attempt(&busy, 1, true), Screen::Failed);
    }

    #[test]
    fn a_visitor_in_the_middle_of_something_finds_it_again() {
        for screen in [
            Screen::Form,
            Screen::SayMore,
            Screen::Sending,
            Screen::Saved,
            Screen::Failed,
            Screen::Refused,
            Screen::Privacy,
        ] {
            assert!(!screen.is_finished() && !screen.closes_by_itself(), "{screen:?}");
        }
    }
}
