//! Which members have a conversation open, so that two do not answer at once unawares.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::{ResponseId, ShopKey};

const UPSERT: &str = "insert into presence (shop, response, person, is_writing, seen_at_ms) values ($1, $2, $3, \
    $4, $5) on conflict (shop, response, person) do update set is_writing = excluded.is_writing, \
    seen_at_ms = excluded.seen_at_ms";
const DELETE_GONE: &str = "delete from presence where shop = $1 and seen_at_ms < $2";

/// Also deletes those not seen since `gone_before_ms`.
pub async fn record(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    person: &str,
    is_writing: bool,
    now_ms: i64,
    gone_before_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_GONE)
        .bind(shop.as_str())
        .bind(gone_before_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    within!(tx, |c| sqlx::query(UPSERT)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(person)
        .bind(is_writing)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Present {
    pub person: String,
    pub name: String,
    pub is_writing: bool,
    pub seen_at_ms: i64,
}

const LIST_VIEWERS: &str = "select p.person, o.name, p.is_writing, p.seen_at_ms from presence p \
    join user_account o on o.user_id = p.person where p.shop = $1 and p.response = $2 and p.seen_at_ms >= $3 \
    order by o.name, p.person";

pub async fn viewers(
    db: &Db,
    shop: &ShopKey,
    response: &ResponseId,
    since_ms: i64,
) -> Result<Vec<Present>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_VIEWERS)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(since_ms)
        .fetch_all(pool)
        .await)
}
