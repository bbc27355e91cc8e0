//! Links that show a shop's numbers without an account, stored by the hash of their token.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

pub const LINKS_MAX: i64 = 20;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShareLink {
    pub token_hash: String,
    pub label: String,
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

const DELETE_EXPIRED: &str = "delete from share_link where shop = $1 and expires_at_ms <= $2";
const COUNT_OTHERS: &str =
    "select cast(count(*) as bigint) from share_link where shop = $1 and token_hash <> $2";
const INSERT: &str = "insert into share_link (shop, token_hash, label, created_by, created_at_ms, expires_at_ms) \
    values ($1, $2, $3, $4, $5, $6) on conflict (shop, token_hash) do nothing";

/// Also deletes expired links; an existing one is left unchanged. `false` if the shop has [`LINKS_MAX`] others.
pub async fn insert(tx: &mut Tx, shop: &ShopKey, link: &ShareLink) -> Result<bool, DbError> {
    within!(tx, |c| sqlx::query(DELETE_EXPIRED)
        .bind(shop.as_str())
        .bind(link.created_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let others: i64 = within!(tx, |c| sqlx::query_scalar(COUNT_OTHERS)
        .bind(shop.as_str())
        .bind(&link.token_hash)
        .fetch_one(&mut **c)
        .await)?;
    if others >= LINKS_MAX {
        return Ok(false);
    }
    within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(&link.token_hash)
        .bind(&link.label)
        .bind(&link.created_by)
        .bind(link.created_at_ms)
        .bind(link.expires_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    Ok(true)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select token_hash, label, created_by, created_at_ms, expires_at_ms from share_link \
             where shop = $1 and expires_at_ms > $2 ",
            $rest
        )
    };
}

const LIST_OPEN: &str = select!("order by created_at_ms, token_hash");

/// Oldest first.
pub async fn list_open(db: &Db, shop: &ShopKey, now_ms: i64) -> Result<Vec<ShareLink>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_OPEN).bind(shop.as_str()).bind(now_ms).fetch_all(pool).await)
}

const FIND: &str = select!("and token_hash = $3");

pub async fn find(db: &Db, shop: &ShopKey, hash: &str, now_ms: i64) -> Result<Option<ShareLink>, DbError> {
    on!(db, |pool| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(now_ms)
        .bind(hash)
        .fetch_optional(pool)
        .await)
}

const REVOKE: &str = "delete from share_link where shop = $1 and token_hash = $2";

pub async fn revoke(tx: &mut Tx, shop: &ShopKey, hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(REVOKE).bind(shop.as_str()).bind(hash).execute(&mut **c).await.map(drop))
}
