//! One entry of a conversation: a message, a note, or an event.

use shared::ids::MessageId;
use shared::string_enum;

string_enum! {
    Sender {
        Visitor = "visitor",
        Person = "person",
        /// The collector itself, for follow-ups.
        System = "house",
    }
}

string_enum! {
    MessageKind {
        Words = "words",
        /// For members only.
        Note = "note",
        /// `detail` is the remedy.
        PutRight = "put_right",
        /// `detail` is the reason.
        SetAside = "set_aside",
        /// Put right or set aside was undone.
        TakenBack = "taken_back",
        /// The latest message needs no reply.
        LetRest = "let_rest",
        /// `detail` is the member's id, empty for none.
        Given = "given",
        Asked = "asked",
        Okay = "okay",
        NotYet = "not_yet",
        /// The visitor did not answer in time.
        RunOut = "run_out",
    }
}

impl MessageKind {
    /// Whether it is hidden from the visitor. This is the only place that decides it.
    pub fn is_internal(self) -> bool {
        match self {
            Self::Words | Self::PutRight | Self::Asked | Self::Okay | Self::NotYet => false,
            Self::Note | Self::SetAside | Self::TakenBack | Self::LetRest | Self::Given | Self::RunOut => {
                true
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Made by the sender.
    pub id: MessageId,
    pub kind: MessageKind,
    pub sender: Sender,
    /// The member's id; empty for others.
    pub person: String,
    /// The member's name at that time.
    pub name: String,
    pub words: String,
    /// See [`MessageKind`].
    pub detail: String,
    pub sent_at_ms: i64,
    /// When the other side first saw it.
    pub seen_at_ms: Option<i64>,
}
