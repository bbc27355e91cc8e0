//! One entry of a conversation: words, a note, or something that was done.

use shared::ids::MessageId;
use shared::string_enum;

string_enum! {
    /// Who said or did something.
    Sender {
        /// The visitor.
        Visitor = "visitor",
        /// A person of the shop.
        Person = "person",
        /// Nobody: it was time.
        House = "house",
    }
}

string_enum! {
    /// What kind of thing was said or done.
    MessageKind {
        /// Words.
        Words = "words",
        /// Words from staff to staff.
        Note = "note",
        /// It was put right; `detail` is the remedy.
        PutRight = "put_right",
        /// It was set aside; `detail` is the reason.
        SetAside = "set_aside",
        /// It was put right or set aside by mistake.
        TakenBack = "taken_back",
        /// What was said last needs no answer.
        LetRest = "let_rest",
        /// Somebody has it now; `detail` is who, empty for nobody.
        Given = "given",
        /// The visitor was asked whether it is okay now.
        Asked = "asked",
        /// The visitor says it is.
        Okay = "okay",
        /// The visitor says it is not.
        NotYet = "not_yet",
        /// The visitor did not answer for two weeks.
        RunOut = "run_out",
    }
}

impl MessageKind {
    /// Whether the visitor sees it. There is no other place that decides it.
    pub fn is_internal(self) -> bool {
        match self {
            Self::Words | Self::PutRight | Self::Asked | Self::Okay | Self::NotYet => false,
            Self::Note | Self::SetAside | Self::TakenBack | Self::LetRest | Self::Given | Self::RunOut => {
                true
            }
        }
    }
}

/// One thing said or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, made by whoever said it before it was sent.
    pub id: MessageId,
    /// What kind of thing.
    pub kind: MessageKind,
    /// Who.
    pub sender: Sender,
    /// Who of the shop; empty for others.
    pub person: String,
    /// What that person was called then.
    pub name: String,
    /// Words.
    pub words: String,
    /// See [`MessageKind`].
    pub detail: String,
    /// When: Unix milliseconds, UTC.
    pub sent_at_ms: i64,
    /// When the other side first saw it.
    pub seen_at_ms: Option<i64>,
}
