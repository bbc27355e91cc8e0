//! What an e-mail is about.

use shared::ids::MailId;

/// What an e-mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// To a person of the shop: somebody complains.
    Complaint,
    /// To a person of the shop: somebody says that it is not okay yet.
    NotYet,
    /// To a person of the shop: somebody has written again.
    Wrote,
    /// To a person of the shop: half of the promised time is over.
    Reminder,
    /// To a person of the shop: all of it is.
    Overdue,
    /// To a visitor: somebody of the shop has answered.
    Reply,
    /// To a visitor: it was put right.
    PutRight,
    /// To a visitor: is it okay now?
    Ask,
    /// To somebody who may join the people of a shop.
    Invitation,
    /// To a person of the shop: several of the first five, which would have been too many mails.
    Together,
    /// To a person of the shop: how the week before was.
    Weekly,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Complaint,
        Self::NotYet,
        Self::Wrote,
        Self::Reminder,
        Self::Overdue,
        Self::Reply,
        Self::PutRight,
        Self::Ask,
        Self::Invitation,
        Self::Together,
        Self::Weekly,
    ];

    /// The word in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::NotYet => "not_yet",
            Self::Wrote => "wrote",
            Self::Reminder => "reminder",
            Self::Overdue => "overdue",
            Self::Reply => "reply",
            Self::PutRight => "put_right",
            Self::Ask => "ask",
            Self::Invitation => "invitation",
            Self::Together => "together",
            Self::Weekly => "weekly",
        }
    }

    /// The kind of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An e-mail to be sent as soon as can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// The response it is about; empty for none.
    pub response: String,
    /// What was said or done; empty for the response itself.
    pub message: String,
    /// Who of the shop it goes to; empty for a visitor.
    pub person: String,
    /// Where it goes.
    pub address: String,
}
