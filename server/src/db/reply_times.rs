//! How long visitors waited for a first answer, and how long others wait by now.

use crate::db::{Db, DbError};
use crate::on;
use shared::ids::ShopKey;

/// The most answers that are measured, the latest first: more tell nothing new.
const ANSWERS_MAX: i64 = 10_000;
/// The most people in the queue that are looked at, the latest first.
const WAITING_MAX: i64 = 1_000;

const ANSWERED: &str = "select answered_open_ms from conversation where shop = $1 and answered_at_ms >= $2 \
    and answered_open_ms is not null order by answered_at_ms desc limit $3";

/// How long the first answers since an instant took, in milliseconds of opening hours, the latest first.
pub async fn list(db: &Db, shop: &ShopKey, since_ms: i64) -> Result<Vec<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(ANSWERED)
        .bind(shop.as_str())
        .bind(since_ms)
        .bind(ANSWERS_MAX)
        .fetch_all(pool)
        .await)
}

const WAITING: &str = "select waits_since_at_ms, answered_at_ms from conversation where shop = $1 \
    and waits_since_at_ms >= $2 order by waits_since_at_ms desc limit $3";

/// Since when those wait who do so since an instant or later, and when they were first answered: Unix milliseconds, UTC.
pub async fn waiting(db: &Db, shop: &ShopKey, since_ms: i64) -> Result<Vec<(i64, Option<i64>)>, DbError> {
    on!(db, |pool| sqlx::query_as(WAITING)
        .bind(shop.as_str())
        .bind(since_ms)
        .bind(WAITING_MAX)
        .fetch_all(pool)
        .await)
}
