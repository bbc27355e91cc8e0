//! Claims on mail in the outbox, each by one collector at a time, and the outcome of each delivery.
//!
//! A claim postpones when the mail is due, so that another collector takes it over if this one dies. `attempts` tells
//! whether the claim is still ours when the outcome is recorded.

use crate::db::{Db, DbError, Tx};
use crate::domain::mail::MailKind;
use crate::{on, within};
use shared::ids::{MailId, ShopKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMail {
    pub id: MailId,
    pub kind: MailKind,
    /// Empty for none.
    pub response: String,
    /// Empty if the mail is about the response itself.
    pub message: String,
    /// The member it goes to; empty for a visitor.
    pub person: String,
    pub address: String,
    /// This attempt included.
    pub attempts: i32,
    pub created_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryOutcome {
    Sent,
    /// The mail is no longer needed, for this reason.
    Dropped(&'static str),
    /// An owner has to decide whether it is still sent, for this reason.
    Held(&'static str),
    Later {
        due_at_ms: i64,
        error: String,
    },
    /// It is sent again only if an owner asks for it.
    Failed(String),
}

const LIST_SHOPS_WITH_A_SERVER: &str = "select s.shop from mail_server s where exists (select 1 from mail m \
    where m.shop = s.shop and m.state = 'waiting' and m.due_at_ms <= $1) order by s.shop";
const LIST_SHOPS: &str = "select shop from mail where state = 'waiting' and due_at_ms <= $1 \
    group by shop order by min(due_at_ms) limit 1000";

/// Shops with due mail: all, or those with a mail server of their own.
pub async fn shops_with_mail(db: &Db, of_all: bool, now_ms: i64) -> Result<Vec<ShopKey>, DbError> {
    let text = if of_all { LIST_SHOPS } else { LIST_SHOPS_WITH_A_SERVER };
    let keys: Vec<String> = on!(db, |pool| sqlx::query_scalar(text).bind(now_ms).fetch_all(pool).await)?;
    keys.iter().map(|key| ShopKey::parse(key).map_err(|e| DbError::Decode(Box::new(e)))).collect()
}

/// `=` with one row and not `in`: PostgreSQL may run the subquery of a list repeatedly, and lock another row each
/// time.
macro_rules! claim_query {
    ($lock:literal) => {
        concat!(
            "update mail set due_at_ms = $3, attempts = attempts + 1 where shop = $1 and state = 'waiting' \
             and mail = (select mail from mail where shop = $1 and state = 'waiting' and due_at_ms <= $2 \
             order by mail limit 1",
            $lock,
            ") returning mail, kind, response, message, person, address, attempts, created_at_ms"
        )
    };
}
const CLAIM: &str = claim_query!("");
/// Another collector may claim the same one; SQLite has one writer and needs no lock.
const CLAIM_AND_LOCK: &str = claim_query!(" for update skip locked");

/// Claims a shop's oldest due mail until `until_ms`.
pub async fn claim(
    db: &Db,
    shop: &ShopKey,
    now_ms: i64,
    until_ms: i64,
) -> Result<Option<ClaimedMail>, DbError> {
    type ClaimRow = (String, String, String, String, String, String, i32, i64);
    let text = match db {
        Db::Sqlite(_) => CLAIM,
        Db::Postgres(_) => CLAIM_AND_LOCK,
    };
    let mut tx = db.begin().await?;
    let row: Option<ClaimRow> = within!(&mut tx, |c| sqlx::query_as(text)
        .bind(shop.as_str())
        .bind(now_ms)
        .bind(until_ms)
        .fetch_optional(&mut **c)
        .await)?;
    tx.commit().await?;
    let Some((id, kind, response, message, person, address, attempts, created_at_ms)) = row else {
        return Ok(None);
    };
    Ok(Some(ClaimedMail {
        id: MailId::parse("mail", &id).map_err(|e| DbError::Decode(Box::new(e)))?,
        kind: MailKind::named(&kind)
            .ok_or_else(|| DbError::Decode("there is no kind of mail of this name".into()))?,
        response,
        message,
        person,
        address,
        attempts,
        created_at_ms,
    }))
}

const RECORD_OUTCOME: &str = "update mail set state = $4, due_at_ms = $5, finished_at_ms = $6, last_error = $7 \
    where shop = $1 and mail = $2 and attempts = $3 and state = 'waiting'";
/// The mails of a digest are done when the digest is.
const RECORD_OUTCOME_OF_DIGEST: &str = "update mail set state = $3, finished_at_ms = $4 \
    where shop = $1 and message = $2 and state = 'together'";

/// Records nothing if another collector has claimed the mail meanwhile.
pub async fn record_outcome(
    db: &Db,
    shop: &ShopKey,
    mail: &ClaimedMail,
    outcome: &DeliveryOutcome,
    now_ms: i64,
) -> Result<(), DbError> {
    let (state, due_at_ms, finished_at_ms, error) = match outcome {
        DeliveryOutcome::Sent => ("sent", now_ms, Some(now_ms), ""),
        DeliveryOutcome::Dropped(why) => ("dropped", now_ms, Some(now_ms), *why),
        DeliveryOutcome::Held(why) => ("held", now_ms, None, *why),
        DeliveryOutcome::Later { due_at_ms, error } => ("waiting", *due_at_ms, None, error.as_str()),
        DeliveryOutcome::Failed(error) => ("failed", now_ms, None, error.as_str()),
    };
    let mut tx = db.begin().await?;
    within!(&mut tx, |c| sqlx::query(RECORD_OUTCOME)
        .bind(shop.as_str())
        .bind(mail.id.as_str())
        .bind(mail.attempts)
        .bind(state)
        .bind(due_at_ms)
        .bind(finished_at_ms)
        .bind(error)
        .execute(&mut **c)
        .await
        .map(drop))?;
    if mail.kind == MailKind::Together && finished_at_ms.is_some() {
        within!(&mut tx, |c| sqlx::query(RECORD_OUTCOME_OF_DIGEST)
            .bind(shop.as_str())
            .bind(mail.id.as_str())
            .bind(state)
            .bind(now_ms)
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    tx.commit().await
}

const COUNT_SENT: &str = "select cast(count(*) as bigint) from mail where shop = $1 and finished_at_ms > $2 \
    and state = 'sent' and person = $3";

pub async fn count_sent_since(db: &Db, shop: &ShopKey, person: &str, since_ms: i64) -> Result<i64, DbError> {
    on!(db, |pool| sqlx::query_scalar(COUNT_SENT)
        .bind(shop.as_str())
        .bind(since_ms)
        .bind(person)
        .fetch_one(pool)
        .await)
}

const FIND_DIGEST: &str = "select mail from mail where shop = $1 and state = 'waiting' and kind = 'together' \
    and person = $2 order by mail limit 1";
const INSERT_DIGEST: &str = "insert into mail (shop, mail, kind, response, message, person, address, state, attempts, \
    due_at_ms, created_at_ms, last_error) values ($1, $2, 'together', '', '', $3, $4, 'waiting', 0, $5, $6, '')";
const ADD_TO_DIGEST: &str = "update mail set state = 'together', message = $3 \
    where shop = $1 and mail = $2 and state = 'waiting'";

/// Adds a mail to a member's waiting digest, or to this new one, which is due at `due_at_ms`.
pub async fn add_to_digest(
    db: &Db,
    shop: &ShopKey,
    mail: &ClaimedMail,
    new: &MailId,
    due_at_ms: i64,
    now_ms: i64,
) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let waiting_digest: Option<String> = within!(&mut tx, |c| sqlx::query_scalar(FIND_DIGEST)
        .bind(shop.as_str())
        .bind(&mail.person)
        .fetch_optional(&mut **c)
        .await)?;
    if waiting_digest.is_none() {
        within!(&mut tx, |c| sqlx::query(INSERT_DIGEST)
            .bind(shop.as_str())
            .bind(new.as_str())
            .bind(&mail.person)
            .bind(&mail.address)
            .bind(due_at_ms)
            .bind(now_ms)
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    let digest = waiting_digest.unwrap_or_else(|| new.as_str().to_owned());
    within!(&mut tx, |c| sqlx::query(ADD_TO_DIGEST)
        .bind(shop.as_str())
        .bind(mail.id.as_str())
        .bind(&digest)
        .execute(&mut **c)
        .await
        .map(drop))?;
    tx.commit().await
}

const LIST_DIGEST: &str = "select kind, response from mail where shop = $1 and message = $2 and state = 'together' \
    order by mail limit $3";

/// The kind and response of each mail in a digest.
pub async fn list_digest(
    db: &Db,
    shop: &ShopKey,
    mail: &MailId,
    limit: i64,
) -> Result<Vec<(MailKind, String)>, DbError> {
    let rows: Vec<(String, String)> = on!(db, |pool| sqlx::query_as(LIST_DIGEST)
        .bind(shop.as_str())
        .bind(mail.as_str())
        .bind(limit)
        .fetch_all(pool)
        .await)?;
    Ok(rows.into_iter().filter_map(|(kind, response)| Some((MailKind::named(&kind)?, response))).collect())
}

const PAUSE_ALL: &str =
    "update mail set state = 'held', last_error = $1 where state in ('waiting', 'together')";

/// Holds all waiting mail of all shops until an owner decides.
pub async fn pause_all(tx: &mut Tx, why: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(PAUSE_ALL).bind(why).execute(&mut **c).await.map(drop))
}

const RESEND: &str = "update mail set state = 'waiting', attempts = 0, due_at_ms = $3, created_at_ms = $3 \
    where shop = $1 and state = $2";
const DROP: &str = "update mail set state = 'dropped', finished_at_ms = $3 where shop = $1 and state = $2";

/// Sends failed or held mail (`state`) after all, for three more days; or drops it, unless `sends`.
pub async fn resend_or_drop(
    tx: &mut Tx,
    shop: &ShopKey,
    state: &str,
    sends: bool,
    now_ms: i64,
) -> Result<(), DbError> {
    let text = if sends { RESEND } else { DROP };
    within!(tx, |c| sqlx::query(text)
        .bind(shop.as_str())
        .bind(state)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const RETRY_NOW: &str = "update mail set due_at_ms = $2 where shop = $1 and state = 'waiting' and due_at_ms > $2 \
    and last_error <> ''";

/// Makes all mail that waits for a retry due now, since the cause of the failures may have changed.
pub async fn retry_now(tx: &mut Tx, shop: &ShopKey, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(RETRY_NOW).bind(shop.as_str()).bind(now_ms).execute(&mut **c).await.map(drop))
}

const DELETE_OLD: &str = "delete from mail where shop = $1 and (finished_at_ms < $2 or (finished_at_ms is null and \
    created_at_ms < $2))";

/// Deletes mail finished before an instant, and unfinished mail created before it.
pub async fn purge_finished(tx: &mut Tx, shop: &ShopKey, before_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OLD)
        .bind(shop.as_str())
        .bind(before_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}
