//! Further secrets that open a visitor's conversation, beside the one its response was made with. Stored as hashes.

use crate::db::{Db, DbError, Tx};
use crate::domain::visitor_key::KeyKind;
use crate::time::clock::DAY_MS;
use crate::{on, within};
use shared::ids::{ResponseId, ShopKey};

const INSERT: &str = "insert into visitor_key (shop, key_hash, response, kind, created_at_ms, expires_at_ms) \
    values ($1, $2, $3, $4, $5, $6) on conflict (shop, key_hash) do nothing";

/// An existing key is left unchanged.
pub async fn insert(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    kind: KeyKind,
    key_hash: &str,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(key_hash)
        .bind(response.as_str())
        .bind(kind.as_str())
        .bind(now_ms)
        .bind(expires_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const FIND_TARGET: &str = "select response from visitor_key where shop = $1 and key_hash = $2 and kind = $3 \
    and expires_at_ms > $4";

/// The response of a private link or an unsubscribe link.
pub async fn find_target(
    db: &Db,
    shop: &ShopKey,
    kind: KeyKind,
    key_hash: &str,
    now_ms: i64,
) -> Result<Option<ResponseId>, DbError> {
    let row: Option<String> = on!(db, |pool| sqlx::query_scalar(FIND_TARGET)
        .bind(shop.as_str())
        .bind(key_hash)
        .bind(kind.as_str())
        .bind(now_ms)
        .fetch_optional(pool)
        .await)?;
    row.map(|id| ResponseId::parse("response", &id).map_err(|e| DbError::Decode(Box::new(e)))).transpose()
}

/// Compares hashes, so that the time it takes reveals nothing about the secret.
const OPENS: &str = "select 1 from response r where r.shop = $1 and r.id = $2 and (r.secret_hash = $3 or exists \
    (select 1 from visitor_key k where k.shop = $1 and k.key_hash = $3 and k.response = $2 and k.kind = 'device' \
    and k.expires_at_ms > $4))";

pub async fn opens(
    db: &Db,
    shop: &ShopKey,
    response: &ResponseId,
    secret_hash: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let row: Option<i32> = on!(db, |pool| sqlx::query_scalar(OPENS)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(secret_hash)
        .bind(now_ms)
        .fetch_optional(pool)
        .await)?;
    Ok(row.is_some())
}

pub async fn opens_within(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    secret_hash: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let row: Option<i32> = within!(tx, |c| sqlx::query_scalar(OPENS)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(secret_hash)
        .bind(now_ms)
        .fetch_optional(&mut **c)
        .await)?;
    Ok(row.is_some())
}

/// At most once a day, not for every message.
const EXTEND: &str = "update visitor_key set expires_at_ms = $3 where shop = $1 and key_hash = $2 \
    and kind = 'device' and expires_at_ms < $4";

pub async fn extend(tx: &mut Tx, shop: &ShopKey, key_hash: &str, until_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(EXTEND)
        .bind(shop.as_str())
        .bind(key_hash)
        .bind(until_ms)
        .bind(until_ms - DAY_MS)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE: &str = "delete from visitor_key where shop = $1 and key_hash = $2";
const CLEAR_RESPONSE_SECRET: &str =
    "update response set secret_hash = '' where shop = $1 and secret_hash = $3 and id = $2";

/// Afterwards the secret with this hash opens nothing.
pub async fn delete(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    secret_hash: &str,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE)
        .bind(shop.as_str())
        .bind(secret_hash)
        .execute(&mut **c)
        .await
        .map(drop))?;
    // No secret has an empty hash.
    within!(tx, |c| sqlx::query(CLEAR_RESPONSE_SECRET)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(secret_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE_EXPIRED: &str = "delete from visitor_key where expires_at_ms <= $1";

pub async fn delete_expired(tx: &mut Tx, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_EXPIRED).bind(now_ms).execute(&mut **c).await.map(drop))
}
