//! E-mail that is to be sent, that was sent, and that could not be.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};
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

const ADD: &str = "insert into mail (shop, mail, kind, response, message, person, address, state, attempts, \
    due_at_ms, created_at_ms, last_error) values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, '')";

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

const READER_OF_WEEKLY: &str = "select person from mail where shop = $1 and mail = $2 and kind = 'weekly'";

/// Who of the shop got this weekly mail; `None` if it is none, or is remembered no more.
///
/// # Errors
/// When the database does not answer.
pub async fn reader_of_weekly(db: &Db, shop: &ShopKey, mail: &MailId) -> Result<Option<String>, DbError> {
    on!(db, |pool| sqlx::query_scalar(READER_OF_WEEKLY)
        .bind(shop.as_str())
        .bind(mail.as_str())
        .fetch_optional(pool)
        .await)
}

/// So many mails that did not go out are counted; who has more knows enough.
pub const COUNTED_MAX: i64 = 1_000;

/// E-mail of a shop that did not go out, counted up to [`COUNTED_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotGoneOut {
    /// How many wait. That is nothing odd for a few seconds, and with a mail server that answers.
    pub waiting: i64,
    /// Since when the oldest of them does: Unix milliseconds, UTC.
    pub waiting_since_ms: Option<i64>,
    /// How many will not be tried again.
    pub failed: i64,
    /// How many wait for somebody to decide whether they are still to be sent.
    pub held: i64,
    /// What the mail server said last about one of these; empty if it has not been asked.
    pub trouble: String,
}

const NOT_GONE_OUT: &str = "select cast(coalesce(sum(case when state = 'waiting' then 1 else 0 end), \
    0) as bigint), min(case when state = 'waiting' then created_at_ms end), cast(coalesce(sum(case when \
    state = 'failed' then 1 else 0 end), 0) as bigint), cast(coalesce(sum(case when state = 'held' then 1 else 0 \
    end), 0) as bigint) from (select state, created_at_ms from mail where shop = $1 and finished_at_ms is null \
    and state <> 'together' limit $2) m";
const LAST_TROUBLE: &str = "select last_error from mail where shop = $1 and finished_at_ms is null \
    and state in ('waiting', 'failed') and last_error <> '' order by mail desc limit 1";

/// What did not go out yet.
///
/// # Errors
/// When the database does not answer.
pub async fn not_gone_out(db: &Db, shop: &ShopKey) -> Result<NotGoneOut, DbError> {
    let (waiting, waiting_since_ms, failed, held): (i64, Option<i64>, i64, i64) =
        on!(db, |pool| sqlx::query_as(NOT_GONE_OUT)
            .bind(shop.as_str())
            .bind(COUNTED_MAX)
            .fetch_one(pool)
            .await)?;
    let trouble: Option<String> = match waiting + failed {
        0 => None,
        _ => on!(db, |pool| sqlx::query_scalar(LAST_TROUBLE).bind(shop.as_str()).fetch_optional(pool).await)?,
    };
    Ok(NotGoneOut { waiting, waiting_since_ms, failed, held, trouble: trouble.unwrap_or_default() })
}
