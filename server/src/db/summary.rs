//! What the summary counts. Every query reads one shop between two instants, along `response_by_time`.

use super::{Db, DbError};
use crate::happiness::Happiness;
use crate::on;
use crate::owner::trend::Quarter;
use shared::ids::ShopKey;

const QUARTERS: &str = "select created_at_ms / 900000, cast(rating as bigint), cast(count(*) as bigint) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 \
    group by created_at_ms / 900000, rating";

/// Answers by quarter of an hour and rating, in no order; the shop's days are made of them later.
///
/// # Errors
/// When the database does not answer.
pub async fn quarters(db: &Db, shop: &ShopKey, from_ms: i64, until_ms: i64) -> Result<Vec<Quarter>, DbError> {
    let rows: Vec<(i64, i64, i64)> = on!(db, |pool| sqlx::query_as(QUARTERS)
        .bind(shop.as_str())
        .bind(from_ms)
        .bind(until_ms)
        .fetch_all(pool)
        .await)?;
    Ok(rows.into_iter().map(|(quarter, rating, answers)| Quarter { quarter, rating, answers }).collect())
}

/// A part of the answers: those at one moment, on one page, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is a part by: `moment`, `page`, `device` or `language`.
    pub by: String,
    /// Which: a moment's name, a path, a device, a language tag.
    pub name: String,
    /// The title of the page; empty for anything else.
    pub title: String,
    /// How they felt.
    pub happiness: Happiness,
}

const PARTS: &str = "\
    select 'moment', moment, '', cast(sum(case when rating >= 4 then 1 else 0 end) as bigint), cast(count(*) as bigint) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 group by moment \
    union all \
    select 'device', device, '', cast(sum(case when rating >= 4 then 1 else 0 end) as bigint), cast(count(*) as bigint) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 group by device \
    union all \
    select 'language', language, '', cast(sum(case when rating >= 4 then 1 else 0 end) as bigint), cast(count(*) as bigint) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 group by language \
    union all \
    select 'page', page_path, title, happy, answers from ( \
    select page_path, max(page_title) as title, cast(sum(case when rating >= 4 then 1 else 0 end) as bigint) as happy, \
    cast(count(*) as bigint) as answers from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 \
    and page_path <> '' group by page_path order by answers desc, page_path limit 8) pages \
    order by 5 desc, 2";

/// The answers by moment, device and language, and those of the eight pages with most of them; most answers first.
///
/// # Errors
/// When the database does not answer.
pub async fn parts(db: &Db, shop: &ShopKey, from_ms: i64, until_ms: i64) -> Result<Vec<Part>, DbError> {
    let rows: Vec<(String, String, String, i64, i64)> = on!(db, |pool| sqlx::query_as(PARTS)
        .bind(shop.as_str())
        .bind(from_ms)
        .bind(until_ms)
        .fetch_all(pool)
        .await)?;
    let part = |(by, name, title, happy, all)| Part { by, name, title, happiness: Happiness::of(happy, all) };
    Ok(rows.into_iter().map(part).collect())
}

/// What else a period is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Answers with words.
    pub with_words: u64,
    /// Complaints: unhappy with words, or who would like an answer.
    pub complaints: u64,
    /// When the oldest complaint came: Unix milliseconds, UTC.
    pub oldest_complaint_at_ms: Option<i64>,
}

const COUNTS: &str = "select cast(count(case when comment <> '' then 1 end) as bigint), \
    cast(count(case when wants_reply or (rating <= 2 and comment <> '') then 1 end) as bigint), \
    min(case when wants_reply or (rating <= 2 and comment <> '') then created_at_ms end) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3";

/// How many wrote, and how many complained.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(db: &Db, shop: &ShopKey, from_ms: i64, until_ms: i64) -> Result<Counts, DbError> {
    let (words, complaints, oldest_complaint_at_ms): (i64, i64, Option<i64>) =
        on!(db, |pool| sqlx::query_as(COUNTS)
            .bind(shop.as_str())
            .bind(from_ms)
            .bind(until_ms)
            .fetch_one(pool)
            .await)?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Counts { with_words: count(words), complaints: count(complaints), oldest_complaint_at_ms })
}

const REASONS: &str = "select r.reason, cast(count(*) as bigint) from response p \
    join response_reason r on r.shop = p.shop and r.response = p.id \
    where p.shop = $1 and p.created_at_ms >= $2 and p.created_at_ms < $3 \
    group by r.reason order by 2 desc, 1 limit 6";

/// The reasons picked most, by code, and how often.
///
/// # Errors
/// When the database does not answer.
pub async fn reasons(
    db: &Db,
    shop: &ShopKey,
    from_ms: i64,
    until_ms: i64,
) -> Result<Vec<(String, u64)>, DbError> {
    let rows: Vec<(String, i64)> = on!(db, |pool| sqlx::query_as(REASONS)
        .bind(shop.as_str())
        .bind(from_ms)
        .bind(until_ms)
        .fetch_all(pool)
        .await)?;
    Ok(rows.into_iter().map(|(code, n)| (code, u64::try_from(n).unwrap_or(0))).collect())
}

const NEWEST: &str = "select max(created_at_ms) from response where shop = $1";

/// When the newest answer came, if there ever was one: Unix milliseconds, UTC.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_at_ms(db: &Db, shop: &ShopKey) -> Result<Option<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(NEWEST).bind(shop.as_str()).fetch_one(pool).await)
}
