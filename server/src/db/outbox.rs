//! The outbox: mail that is waiting, sent, or failed. `outbox_claims.rs` sends it.

use crate::db::{Db, DbError, Tx};
use crate::domain::mail::NewMail;
use crate::{on, within};
use shared::ids::{MailId, ShopKey};

const INSERT: &str = "insert into mail (shop, mail, kind, response, message, person, address, state, attempts, \
    due_at_ms, created_at_ms, last_error) values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, '')";

pub async fn insert(tx: &mut Tx, shop: &ShopKey, mail: &NewMail, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT)
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

const FIND_WEEKLY_READER: &str = "select person from mail where shop = $1 and mail = $2 and kind = 'weekly'";

/// The member who got this weekly mail; `None` if it is another mail or was deleted.
pub async fn find_weekly_reader(db: &Db, shop: &ShopKey, mail: &MailId) -> Result<Option<String>, DbError> {
    on!(db, |pool| sqlx::query_scalar(FIND_WEEKLY_READER)
        .bind(shop.as_str())
        .bind(mail.as_str())
        .fetch_optional(pool)
        .await)
}

/// Counting stops here.
pub const COUNTED_MAX: i64 = 1_000;

/// Counted up to [`COUNTED_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnsentMail {
    /// Mail waits for a few seconds even with a mail server that works.
    pub waiting: i64,
    pub waiting_since_ms: Option<i64>,
    pub failed: i64,
    /// Mail that an owner has to release or drop.
    pub held: i64,
    /// The latest error of the mail server about one of these; empty for none.
    pub trouble: String,
}

const COUNT_UNSENT: &str = "select cast(coalesce(sum(case when state = 'waiting' then 1 else 0 end), \
    0) as bigint), min(case when state = 'waiting' then created_at_ms end), cast(coalesce(sum(case when \
    state = 'failed' then 1 else 0 end), 0) as bigint), cast(coalesce(sum(case when state = 'held' then 1 else 0 \
    end), 0) as bigint) from (select state, created_at_ms from mail where shop = $1 and finished_at_ms is null \
    and state <> 'together' limit $2) m";
const FIND_LAST_ERROR: &str = "select last_error from mail where shop = $1 and finished_at_ms is null \
    and state in ('waiting', 'failed') and last_error <> '' order by mail desc limit 1";

pub async fn count_unsent(db: &Db, shop: &ShopKey) -> Result<UnsentMail, DbError> {
    let (waiting, waiting_since_ms, failed, held): (i64, Option<i64>, i64, i64) =
        on!(db, |pool| sqlx::query_as(COUNT_UNSENT)
            .bind(shop.as_str())
            .bind(COUNTED_MAX)
            .fetch_one(pool)
            .await)?;
    let trouble: Option<String> = match waiting + failed {
        0 => None,
        _ => on!(db, |pool| sqlx::query_scalar(FIND_LAST_ERROR)
            .bind(shop.as_str())
            .fetch_optional(pool)
            .await)?,
    };
    Ok(UnsentMail { waiting, waiting_since_ms, failed, held, trouble: trouble.unwrap_or_default() })
}
