//! What the summary counts. Every query reads one shop between two instants, along `response_by_time`.

use super::{Db, DbError};
use crate::happiness::Happiness;
use crate::on;
use crate::owner::trend::Quarter;
use shared::ids::ShopKey;
use std::collections::HashMap;

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
    pub by: &'static str,
    /// Which: a moment's name, a path, a device, a language tag.
    pub name: String,
    /// The title of the page; empty for anything else.
    pub title: String,
    /// How they felt.
    pub happiness: Happiness,
}

/// How many pages are told apart.
const PAGES: usize = 8;

/// One pass over the rows: they lie scattered, and reading each of them once is what costs.
const MIX: &str = "select moment, device, language, page_path, max(page_title), \
    cast(sum(case when rating >= 4 then 1 else 0 end) as bigint), cast(count(*) as bigint), \
    cast(count(case when comment <> '' then 1 end) as bigint), \
    cast(count(case when wants_reply or (rating <= 2 and comment <> '') then 1 end) as bigint) \
    from response where shop = $1 and created_at_ms >= $2 and created_at_ms < $3 \
    group by moment, device, language, page_path";

/// A period's answers by moment, device and language, and by the eight pages with most of them, most answers first;
/// and how many wrote, and how many complained.
///
/// # Errors
/// When the database does not answer.
pub async fn mix(
    db: &Db,
    shop: &ShopKey,
    from_ms: i64,
    until_ms: i64,
) -> Result<(Vec<Part>, Counts), DbError> {
    type Row = (String, String, String, String, String, i64, i64, i64, i64);
    let rows: Vec<Row> = on!(db, |pool| sqlx::query_as(MIX)
        .bind(shop.as_str())
        .bind(from_ms)
        .bind(until_ms)
        .fetch_all(pool)
        .await)?;
    let mut sums: HashMap<(&'static str, String), (String, Happiness)> = HashMap::new();
    let mut counts = Counts::default();
    for (moment, device, language, path, title, happy, all, words, complaints) in rows {
        counts.with_words += u64::try_from(words).unwrap_or(0);
        counts.complaints += u64::try_from(complaints).unwrap_or(0);
        let mut add = |by, name: String, title: String| {
            let (of_title, sum) = sums.entry((by, name)).or_default();
            *sum += Happiness::of(happy, all);
            if title > *of_title {
                *of_title = title;
            }
        };
        add("moment", moment, String::new());
        add("device", device, String::new());
        add("language", language, String::new());
        if !path.is_empty() {
            add("page", path, title);
        }
    }
    let mut parts: Vec<Part> = sums
        .into_iter()
        .map(|((by, name), (title, happiness))| Part { by, name, title, happiness })
        .collect();
    parts.sort_by(|a, b| b.happiness.all.cmp(&a.happiness.all).then_with(|| a.name.cmp(&b.name)));
    let mut pages = 0;
    parts.retain(|part| {
        pages += usize::from(part.by == "page");
        part.by != "page" || pages <= PAGES
    });
    Ok((parts, counts))
}

/// What else a period is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Answers with words.
    pub with_words: u64,
    /// Complaints: unhappy with words, or who would like an answer.
    pub complaints: u64,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// How many.
    pub people: u64,
    /// Since when the first of them does: Unix milliseconds, UTC.
    pub oldest_at_ms: Option<i64>,
}

const WAITING: &str = "select cast(count(*) as bigint), min(waits_since_at_ms) from conversation \
    where shop = $1 and waits_since_at_ms is not null";

/// How many wait for an answer, and since when the first of them does.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(db: &Db, shop: &ShopKey) -> Result<Waiting, DbError> {
    let (people, oldest_at_ms): (i64, Option<i64>) =
        on!(db, |pool| sqlx::query_as(WAITING).bind(shop.as_str()).fetch_one(pool).await)?;
    Ok(Waiting { people: u64::try_from(people).unwrap_or(0), oldest_at_ms })
}

const REASONS: &str = "select r.reason, cast(count(*) as bigint) from response p \
    join response_reason r on r.shop = p.shop and r.response = p.id \
    where p.shop = $1 and p.created_at_ms >= $2 and p.created_at_ms < $3 and p.rating <= 3 \
    group by r.reason order by 2 desc, 1 limit 6";

/// The reasons picked most by those who were not happy, by code, and how often.
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
