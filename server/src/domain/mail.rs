//! What an e-mail is about.

use shared::ids::MailId;
use shared::string_enum;

string_enum! {
    /// What an e-mail is about.
    MailKind {
        /// To a person of the shop: somebody complains.
        Complaint = "complaint",
        /// To a person of the shop: somebody says that it is not okay yet.
        NotYet = "not_yet",
        /// To a person of the shop: somebody has written again.
        Wrote = "wrote",
        /// To a person of the shop: half of the promised time is over.
        Reminder = "reminder",
        /// To a person of the shop: all of it is.
        Overdue = "overdue",
        /// To a visitor: somebody of the shop has answered.
        Reply = "reply",
        /// To a visitor: it was put right.
        PutRight = "put_right",
        /// To a visitor: is it okay now?
        Ask = "ask",
        /// To somebody who may join the people of a shop.
        Invitation = "invitation",
        /// To a person of the shop: several of the first five, which would have been too many mails.
        Together = "together",
        /// To a person of the shop: how the week before was.
        Weekly = "weekly",
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
