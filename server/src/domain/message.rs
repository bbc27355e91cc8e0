//! One entry of a conversation: words, a note, or something that was done.

use shared::ids::MessageId;

/// Who said or did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The visitor.
    Visitor,
    /// A person of the shop.
    Person,
    /// Nobody: it was time.
    House,
}

impl Sender {
    /// The word in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Person => "person",
            Self::House => "house",
        }
    }

    pub(crate) fn named(name: &str) -> Self {
        match name {
            "visitor" => Self::Visitor,
            "person" => Self::Person,
            _ => Self::House,
        }
    }
}

/// What kind of thing was said or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Words.
    Words,
    /// Words from staff to staff.
    Note,
    /// It was put right; `detail` is the remedy.
    PutRight,
    /// It was set aside; `detail` is the reason.
    SetAside,
    /// It was put right or set aside by mistake.
    TakenBack,
    /// What was said last needs no answer.
    LetRest,
    /// Somebody has it now; `detail` is who, empty for nobody.
    Given,
    /// The visitor was asked whether it is okay now.
    Asked,
    /// The visitor says it is.
    Okay,
    /// The visitor says it is not.
    NotYet,
    /// The visitor did not answer for two weeks.
    RunOut,
}

impl MessageKind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Words,
        Self::Note,
        Self::PutRight,
        Self::SetAside,
        Self::TakenBack,
        Self::LetRest,
        Self::Given,
        Self::Asked,
        Self::Okay,
        Self::NotYet,
        Self::RunOut,
    ];

    /// The word in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Note => "note",
            Self::PutRight => "put_right",
            Self::SetAside => "set_aside",
            Self::TakenBack => "taken_back",
            Self::LetRest => "let_rest",
            Self::Given => "given",
            Self::Asked => "asked",
            Self::Okay => "okay",
            Self::NotYet => "not_yet",
            Self::RunOut => "run_out",
        }
    }

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
