//! What visitors sent, as it is stored and completed.

use super::{DbError, Tx};
use crate::collect::response::{Change, Response};
use crate::within;
use shared::ids::{ResponseId, ShopKey};

/// What is needed to decide whether a request may change a stored response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Hash of the secret it was made with.
    pub secret_hash: String,
    /// Hash of the first body, to know it again.
    pub first_body_hash: String,
}

const ADD: &str = "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, \
    comment, email, wants_reply, order_number, page_path, page_title, language, device, created_at_ms, changed_at_ms) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17) \
    on conflict (shop, id) do nothing";

/// Stores a response; `false` if its id is taken.
///
/// # Errors
/// When the database does not do it.
pub async fn add(tx: &mut Tx, response: &Response, now_ms: i64) -> Result<bool, DbError> {
    let r = response;
    let added = within!(tx, |c| sqlx::query(ADD)
        .bind(r.shop.as_str())
        .bind(r.id.as_str())
        .bind(&r.receipt)
        .bind(&r.secret_hash)
        .bind(&r.body_hash)
        .bind(r.moment.as_str())
        .bind(r.scale.as_str())
        .bind(i32::from(r.rating.get()))
        .bind(&r.comment)
        .bind(&r.email)
        .bind(r.wants_reply)
        .bind(&r.order)
        .bind(&r.page.path)
        .bind(&r.page.title)
        .bind(r.language.as_str())
        .bind(r.device.as_str())
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    if added == 1 {
        add_reasons(tx, &r.shop, &r.id, &r.reasons).await?;
    }
    Ok(added == 1)
}

const FIND: &str = "select secret_hash, first_body_hash from response where shop = $1 and id = $2";

/// The stored response with this id.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<Option<Stored>, DbError> {
    let row: Option<(String, String)> = within!(tx, |c| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    Ok(row.map(|(secret_hash, first_body_hash)| Stored { secret_hash, first_body_hash }))
}

const CHANGE: &str = "update response set rating = coalesce($3, rating), comment = coalesce($4, comment), \
    email = coalesce($5, email), wants_reply = coalesce($6, wants_reply), order_number = coalesce($7, order_number), \
    changed_at_ms = $8 where shop = $1 and id = $2";

/// Completes a response with what is new about it.
///
/// # Errors
/// When the database does not do it.
pub async fn change(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    change: &Change,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(CHANGE)
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
    if let Some(reasons) = &change.reasons {
        forget_reasons(tx, shop, id).await?;
        add_reasons(tx, shop, id, reasons).await?;
    }
    Ok(())
}

const FORGET_REASONS: &str = "delete from response_reason where shop = $1 and response = $2";

async fn forget_reasons(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(FORGET_REASONS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .execute(&mut **c)
        .await
        .map(drop))
}

const ADD_REASON: &str =
    "insert into response_reason (shop, response, reason, place) values ($1, $2, $3, $4)";

async fn add_reasons(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    reasons: &[String],
) -> Result<(), DbError> {
    for (place, reason) in (0i32..).zip(reasons) {
        within!(tx, |c| sqlx::query(ADD_REASON)
            .bind(shop.as_str())
            .bind(id.as_str())
            .bind(reason)
            .bind(place)
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    Ok(())
}
