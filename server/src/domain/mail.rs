use shared::ids::MailId;
use shared::string_enum;

string_enum! {
    MailKind {
        Complaint = "complaint",
        NotYet = "not_yet",
        Wrote = "wrote",
        Reminder = "reminder",
        Overdue = "overdue",
        Reply = "reply",
        PutRight = "put_right",
        Ask = "ask",
        Invitation = "invitation",
        /// To a member: a digest of several of the first five kinds, sent instead of too many single mails.
        Together = "together",
        Weekly = "weekly",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    pub id: MailId,
    pub kind: MailKind,
    pub response: String,
    /// The message it is about; empty for the response itself.
    pub message: String,
    /// The member it goes to; empty for a visitor.
    pub person: String,
    pub address: String,
}
