//! How long visitors waited for a first reply, and how long others have waited by now.

use crate::db::{Db, DbError};
use crate::on;
use shared::ids::ShopKey;

/// The latest ones are representative.
const REPLIES_MAX: i64 = 10_000;
const WAITING_MAX: i64 = 1_000;

const LIST_REPLIES: &str = "select answered_open_ms from conversation where shop = $1 and answered_at_ms >= $2 \
    and answered_open_ms is not null order by answered_at_ms desc limit $3";

/// Durations of first replies since an instant, in milliseconds of opening hours, latest first.
pub async fn list(db: &Db, shop: &ShopKey, since_ms: i64) -> Result<Vec<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(LIST_REPLIES)
        .bind(shop.as_str())
        .bind(since_ms)
        .bind(REPLIES_MAX)
        .fetch_all(pool)
        .await)
}

const LIST_WAITING: &str = "select waits_since_at_ms, answered_at_ms from conversation where shop = $1 \
    and waits_since_at_ms >= $2 order by waits_since_at_ms desc limit $3";

/// For visitors who have waited since `since_ms` or later: since when, and when they got their first reply. Unix
/// milliseconds, UTC.
pub async fn waiting(db: &Db, shop: &ShopKey, since_ms: i64) -> Result<Vec<(i64, Option<i64>)>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_WAITING)
        .bind(shop.as_str())
        .bind(since_ms)
        .bind(WAITING_MAX)
        .fetch_all(pool)
        .await)
}
