//! What the visitor can tap besides faces and fields.

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $id:literal,)+) => {
        /// One button, or one of several buttons that do the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Action { $($(#[$doc])* $action),+ }

        impl Action {
            const ALL: &[Self] = &[$(Self::$action),+];

            /// The name in the page: of `okay` the button has `data-act="okay"` and, where it is the only one, `id="act-okay"`.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Self::$action => $id),+ }
            }
        }
    };
}

actions! {
    /// "Not now".
    NotNow = "not-now",
    /// "Don't ask me again".
    NeverAsk = "never-ask",
    /// Undo of "Don't ask me again".
    AskAgain = "ask-again",
    /// "Tapped by mistake?".
    ChooseAgain = "choose-again",
    /// "Say a little more".
    SayMore = "say-more",
    /// "What we keep".
    ShowPrivacy = "privacy",
    /// Back from "What we keep".
    Back = "back",
    /// "Forget it on this device".
    ForgetDevice = "forget-device",
    /// "Try now", "Try again".
    Retry = "retry",
    /// Copies the words or the receipt.
    Copy = "copy",
    /// "Delete it".
    DeleteResponse = "delete",
    /// "Add an e-mail", "Add something", or "Back" from a response that was refused.
    Edit = "edit",
    /// "No, leave it at that", or "Say something else" in a conversation.
    Leave = "leave",
    /// "Back to the shop".
    Close = "close",
    /// "Yes, all good".
    Okay = "okay",
    /// "Not yet".
    NotYet = "not-yet",
    /// Opens the conversation, or goes back to it.
    ShowConversation = "conversation",
    /// Opens the list of conversations.
    ShowConversations = "conversations",
    /// Opens one conversation of the list; `data-index` says which.
    PickConversation = "pick",
    /// "More", in a conversation.
    ShowMenu = "menu",
    /// "Copy a private link".
    CopyLink = "copy-link",
    /// "Delete this conversation".
    AskErase = "ask-erase",
    /// "Yes, delete it".
    Erase = "erase",
    /// "Try again", where a conversation could not be fetched.
    RetryConversation = "retry-conversation",
}

impl Action {
    /// The action of this name.
    pub(crate) fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two actions of one name would make a button do what another one says.
    #[test]
    fn each_action_is_found_by_its_own_name() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.id()), Some(*action));
        }
        assert_eq!(Action::from_id("14"), None);
    }
}
