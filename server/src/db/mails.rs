//! E-mail that is to be sent, that was sent, and that could not be.

use super::{DbError, Tx};
use crate::within;
use shared::ids::{MailId, ShopKey};

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
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Complaint,
        Self::NotYet,
        Self::Wrote,
        Self::Reminder,
        Self::Overdue,
        Self::Reply,
        Self::PutRight,
        Self::Ask,
        Self::Invitation,
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

const ADD: &str = "insert into mail (shop, mail, kind, response, message, person, address, state, tries, due_at_ms, \
    made_at_ms, trouble) values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, '')";

/// Adds an e-mail to what is to be sent.
///
/// # Errors
/// When the database does not do it.
pub async fn add(tx: &mut Tx, shop: &ShopKey, mail: &NewMail, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(ADD)
        .bind(shop.as_str())
        .bind(mail.id.as_str())
        .bind(mail.kind.as_str())
        .bind(&mail.response)
        .bind(&mail.message)
        .bind(&mail.person)
        .bind(&mail.address)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}
