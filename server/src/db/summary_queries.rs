use crate::db::{Db, DbError};
use crate::on;
use shared::ids::ShopKey;
use std::collections::HashMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingSummary {
    pub people: u64,
    pub oldest_at_ms: Option<i64>,
}

const COUNT_WAITING: &str = "select cast(count(*) as bigint), min(waits_since_at_ms) from conversation \
    where shop = $1 and waits_since_at_ms is not null";

pub async fn waiting(db: &Db, shop: &ShopKey) -> Result<WaitingSummary, DbError> {
    let (people, oldest_at_ms): (i64, Option<i64>) =
        on!(db, |pool| sqlx::query_as(COUNT_WAITING).bind(shop.as_str()).fetch_one(pool).await)?;
    Ok(WaitingSummary { people: u64::try_from(people).unwrap_or(0), oldest_at_ms })
}

const FIND_NEWEST: &str = "select max(created_at_ms) from response where shop = $1";

pub async fn newest_at_ms(db: &Db, shop: &ShopKey) -> Result<Option<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(FIND_NEWEST).bind(shop.as_str()).fetch_one(pool).await)
}

/// How many of the newest responses are read for page titles.
const TITLES_FROM_RESPONSES: i64 = 1_000;

const LIST_TITLES: &str = "select page_path, max(page_title) from (select page_path, page_title from response \
    where shop = $1 order by created_at_ms desc limit $2) as newest where page_path <> '' group by page_path";

/// Titles by path, as far as the newest responses have them.
pub async fn titles(db: &Db, shop: &ShopKey) -> Result<HashMap<String, String>, DbError> {
    let rows: Vec<(String, String)> = on!(db, |pool| sqlx::query_as(LIST_TITLES)
        .bind(shop.as_str())
        .bind(TITLES_FROM_RESPONSES)
        .fetch_all(pool)
        .await)?;
    Ok(rows.into_iter().collect())
}
