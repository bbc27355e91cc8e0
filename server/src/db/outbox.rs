//! E-mail that is to be sent, that was sent, and that could not be.

use crate::db::{Db, DbError, Tx};
use crate::domain::mail::NewMail;
use crate::{on, within};
use shared::ids::{MailId, ShopKey};

const ADD: &str = "insert into mail (shop, mail, kind, response, message, person, address, state, attempts, \
    due_at_ms, created_at_ms, last_error) values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, '')";

/// Adds an e-mail to what is to be sent.
pub async fn insert(tx: &mut Tx, shop: &ShopKey, mail: &NewMail, now_ms: i64) -> Result<(), DbError> {
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
pub async fn find_weekly_reader(db: &Db, shop: &ShopKey, mail: &MailId) -> Result<Option<String>, DbError> {
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
pub struct UnsentMail {
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
pub async fn not_gone_out(db: &Db, shop: &ShopKey) -> Result<UnsentMail, DbError> {
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
    Ok(UnsentMail { waiting, waiting_since_ms, failed, held, trouble: trouble.unwrap_or_default() })
}
