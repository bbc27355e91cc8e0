//! Finding and completing responses; `response_batch.rs` adds them.

use crate::db::{DbError, Tx, response_batch};
use crate::domain::response::ResponseUpdate;
use crate::within;
use shared::ids::{ResponseId, ShopKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseRow {
    pub secret_hash: String,
    /// Hash of the first request body, to recognise it when it is sent again.
    pub first_body_hash: String,
}

const FIND: &str = "select secret_hash, first_body_hash from response where shop = $1 and id = $2";
/// Another collector may be changing the same row; SQLite has one writer and needs no lock.
const FIND_AND_LOCK: &str = "select secret_hash, first_body_hash from response \
    where shop = $1 and id = $2 for update";

/// Locks the response until this transaction ends.
pub async fn find(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<Option<ResponseRow>, DbError> {
    type ResponseHashRow = (String, String);
    let row: Option<ResponseHashRow> = match tx {
        Tx::Sqlite(c) => {
            sqlx::query_as(FIND).bind(shop.as_str()).bind(id.as_str()).fetch_optional(&mut **c).await?
        }
        Tx::Postgres(c) => {
            sqlx::query_as(FIND_AND_LOCK)
                .bind(shop.as_str())
                .bind(id.as_str())
                .fetch_optional(&mut **c)
                .await?
        }
    };
    Ok(row.map(|(secret_hash, first_body_hash)| ResponseRow { secret_hash, first_body_hash }))
}

const FIND_EMAIL: &str = "select email from response where shop = $1 and id = $2";

/// Empty if the visitor gave no address.
pub async fn email(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<String, DbError> {
    let email: Option<String> = within!(tx, |c| sqlx::query_scalar(FIND_EMAIL)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    Ok(email.unwrap_or_default())
}

const FIND_TEXTS: &str =
    "select comment, email, order_number, receipt from response where shop = $1 and id = $2";

/// Comment, address, order number and receipt.
pub async fn searchable_texts(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<Vec<String>, DbError> {
    let texts: Option<(String, String, String, String)> = within!(tx, |c| sqlx::query_as(FIND_TEXTS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    Ok(texts.map(|(words, email, order, receipt)| vec![words, email, order, receipt]).unwrap_or_default())
}

const SAYS: &str = "select 1 from response where shop = $1 and id = $2 and rating = coalesce($3, rating) \
    and (comment = '' or comment = coalesce($4, comment)) and wants_reply = coalesce($5, wants_reply) \
    and (order_number = '' or order_number = coalesce($6, order_number))";

/// Whether a change alters nothing that the response says; it may fill in what is missing. Reasons and the e-mail
/// address are not compared.
pub async fn says(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    change: &ResponseUpdate,
) -> Result<bool, DbError> {
    let found: Option<i32> = within!(tx, |c| sqlx::query_scalar(SAYS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(change.rating.map(|r| i32::from(r.get())))
        .bind(&change.comment)
        .bind(change.wants_reply)
        .bind(&change.order)
        .fetch_optional(&mut **c)
        .await)?;
    Ok(found.is_some())
}

const UPDATE: &str = "update response set rating = coalesce($3, rating), comment = coalesce($4, comment), \
    email = coalesce($5, email), wants_reply = coalesce($6, wants_reply), order_number = coalesce($7, order_number), \
    changed_at_ms = $8 where shop = $1 and id = $2";
const DELETE_REASONS: &str = "delete from response_reason where shop = $1 and response = $2";

pub async fn update(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    change: &ResponseUpdate,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(UPDATE)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(change.rating.map(|r| i32::from(r.get())))
        .bind(&change.comment)
        .bind(&change.email)
        .bind(change.wants_reply)
        .bind(&change.order)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let Some(reasons) = &change.reasons else { return Ok(()) };
    within!(tx, |c| sqlx::query(DELETE_REASONS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .execute(&mut **c)
        .await
        .map(drop))?;
    response_batch::add_reasons(tx, response_batch::in_order(shop, id, reasons).collect()).await
}
