//! What the summary tells beside what is counted: who waits, when somebody answered last, and what pages are called.

use crate::db::{Db, DbError};
use crate::on;
use shared::ids::ShopKey;
use std::collections::HashMap;

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingSummary {
    /// How many.
    pub people: u64,
    /// Since when the first of them does: Unix milliseconds, UTC.
    pub oldest_at_ms: Option<i64>,
}

const WAITING: &str = "select cast(count(*) as bigint), min(waits_since_at_ms) from conversation \
    where shop = $1 and waits_since_at_ms is not null";

/// How many wait for an answer, and since when the first of them does.
pub async fn waiting(db: &Db, shop: &ShopKey) -> Result<WaitingSummary, DbError> {
    let (people, oldest_at_ms): (i64, Option<i64>) =
        on!(db, |pool| sqlx::query_as(WAITING).bind(shop.as_str()).fetch_one(pool).await)?;
    Ok(WaitingSummary { people: u64::try_from(people).unwrap_or(0), oldest_at_ms })
}

const NEWEST: &str = "select max(created_at_ms) from response where shop = $1";

/// When the newest answer came, if there ever was one: Unix milliseconds, UTC.
pub async fn newest_at_ms(db: &Db, shop: &ShopKey) -> Result<Option<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(NEWEST).bind(shop.as_str()).fetch_one(pool).await)
}

/// How many of the newest answers are asked what their page is called.
const TITLES_FROM: i64 = 1_000;

const TITLES: &str = "select page_path, max(page_title) from (select page_path, page_title from response \
    where shop = $1 order by created_at_ms desc limit $2) as newest where page_path <> '' group by page_path";

/// What a shop's pages are called, by path, as far as its newest thousand answers tell.
pub async fn titles(db: &Db, shop: &ShopKey) -> Result<HashMap<String, String>, DbError> {
    let rows: Vec<(String, String)> =
        on!(db, |pool| sqlx::query_as(TITLES).bind(shop.as_str()).bind(TITLES_FROM).fetch_all(pool).await)?;
    Ok(rows.into_iter().collect())
}
