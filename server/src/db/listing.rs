//! The list of responses: filtered, newest first, page by page, whatever the shop's size.

use super::{Db, DbError};
use crate::on;
use crate::owner::days::Days;
use crate::owner::filter::{Cursor, Filter};
use shared::ids::{ResponseId, ShopKey};

/// A response as its owner may see it: everything the visitor told, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// The short number the visitor may quote.
    pub receipt: String,
    /// When it was asked, as [`shared::moment::Moment`].
    pub moment: String,
    /// How it was asked, as [`shared::rating::Scale`].
    pub scale: String,
    /// 1 to 5, 5 best.
    pub rating: i64,
    /// The visitor's words.
    pub comment: String,
    /// Where an answer may go.
    pub email: String,
    /// Whether they would like an answer.
    pub wants_reply: bool,
    /// The order number.
    pub order_number: String,
    /// Where they were.
    pub page_path: String,
    /// What that page is called.
    pub page_title: String,
    /// The language they were asked in.
    pub language: String,
    /// What they held.
    pub device: String,
    /// When it came: Unix milliseconds, UTC.
    pub created_at_ms: i64,
    /// Codes of the reasons they picked, in their order, with blanks between.
    pub reasons: String,
}

/// The columns of [`Listed`], and the filter both queries share: $2 and $3 instants, $4 and $5 ratings, $6 moment,
/// $7 page, $8 with words, $9 wants a reply, $10 complaints, $11 reason, $12 pattern, $13 and $14 days, $15 how far its
/// conversation came, $16 what caused it, $17 product, $18 device, $19 language, $20 hour of the week.
macro_rules! listing {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select ",
            $columns,
            " from response p where p.shop = $1 and p.created_at_ms >= $2 and p.created_at_ms < $3 ",
            "and p.day >= $13 and p.day <= $14 ",
            "and p.rating >= $4 and p.rating <= $5 ",
            "and ($6 = '' or p.moment = $6) and ($7 = '' or p.page_path = $7) ",
            "and ($8 = 0 or p.comment <> '') and ($9 = 0 or p.wants_reply) ",
            "and ($10 = 0 or p.wants_reply or (p.rating <= 2 and p.comment <> '')) ",
            "and ($11 = '' or exists (select 1 from response_reason r ",
            "where r.shop = p.shop and r.response = p.id and r.reason = $11)) ",
            r"and ($12 = '' or lower(p.comment) like lower($12) escape '\' ",
            r"or lower(p.order_number) like lower($12) escape '\' ",
            r"or lower(p.email) like lower($12) escape '\' or lower(p.receipt) like lower($12) escape '\') ",
            "and ($17 = '' or p.product = $17) and ($18 = '' or p.device = $18) and ($19 = '' or p.language = $19) ",
            "and ($20 < 0 or p.hour = $20) ",
            "and (($15 = '' and $16 = '') or exists (select 1 from conversation c ",
            "where c.shop = p.shop and c.response = p.id and ($16 = '' or c.cause = $16) ",
            "and ($15 = '' or c.stage = $15 or ($15 = 'answered' and c.answered_at_ms is not null) ",
            "or ($15 = 'once_put_right' and c.put_right_at_ms is not null) ",
            "or ($15 = 'asked' and c.asked_at_ms is not null)))) ",
            $rest
        )
    };
}

/// Binds what [`listing`] asks for.
macro_rules! filtered {
    ($query:expr, $shop:expr, $filter:expr, $days:expr) => {{
        let (from_ms, until_ms) = $filter.bounds_ms($days);
        let ((first, last), (lowest, highest)) = ($filter.days(), $filter.felt.ratings());
        $query
            .bind($shop.as_str())
            .bind(from_ms)
            .bind(until_ms)
            .bind(lowest)
            .bind(highest)
            .bind($filter.moment.map_or("", |m| m.as_str()))
            .bind(&$filter.page)
            .bind(i64::from($filter.with_words))
            .bind(i64::from($filter.wants_reply))
            .bind(i64::from($filter.complaints))
            .bind(&$filter.reason)
            .bind($filter.like())
            .bind(first)
            .bind(last)
            .bind($filter.step.map_or("", |step| step.as_str()))
            .bind(&$filter.cause)
            .bind(&$filter.product)
            .bind(&$filter.device)
            .bind(&$filter.language)
            .bind($filter.hour.map_or(-1, i32::from))
    }};
}

const PAGE: &str = listing!(
    "p.id, p.receipt, p.moment, p.scale, cast(p.rating as bigint) as rating, p.comment, p.email, p.wants_reply, \
     p.order_number, p.page_path, p.page_title, p.language, p.device, p.created_at_ms, \
     coalesce((select string_agg(r.reason, ' ' order by r.place) from response_reason r \
     where r.shop = p.shop and r.response = p.id), '') as reasons",
    "and p.created_at_ms <= $21 and (p.created_at_ms < $21 or p.id < $22) \
     order by p.created_at_ms desc, p.id desc limit $23"
);

/// One page of the list: at most `limit` responses older than the cursor, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    db: &Db,
    shop: &ShopKey,
    filter: &Filter,
    days: &Days,
    after: &Cursor,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    on!(db, |pool| filtered!(sqlx::query_as(PAGE), shop, filter, days)
        .bind(after.at_ms)
        .bind(&after.id)
        .bind(limit)
        .fetch_all(pool)
        .await)
}

const COUNT: &str = listing!("cast(count(*) as bigint)", "");

/// How many responses pass the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(db: &Db, shop: &ShopKey, filter: &Filter, days: &Days) -> Result<i64, DbError> {
    on!(db, |pool| filtered!(sqlx::query_scalar(COUNT), shop, filter, days).fetch_one(pool).await)
}

const ONE: &str = "select p.id, p.receipt, p.moment, p.scale, cast(p.rating as bigint) as rating, p.comment, p.email, \
    p.wants_reply, p.order_number, p.page_path, p.page_title, p.language, p.device, p.created_at_ms, \
    coalesce((select string_agg(r.reason, ' ' order by r.place) from response_reason r \
    where r.shop = p.shop and r.response = p.id), '') as reasons from response p where p.shop = $1 and p.id = $2";

/// The response of this shop with this id.
///
/// # Errors
/// When the database does not answer.
pub async fn one(db: &Db, shop: &ShopKey, id: &ResponseId) -> Result<Option<Listed>, DbError> {
    on!(db, |pool| sqlx::query_as(ONE).bind(shop.as_str()).bind(id.as_str()).fetch_optional(pool).await)
}

const PAGES: &str = "select page_path from response where shop = $1 and created_at_ms >= $2 and page_path <> '' \
    group by page_path order by count(*) desc, page_path limit 40";

/// The pages people answered on most since an instant.
///
/// # Errors
/// When the database does not answer.
pub async fn pages(db: &Db, shop: &ShopKey, since_ms: i64) -> Result<Vec<String>, DbError> {
    on!(db, |pool| sqlx::query_scalar(PAGES).bind(shop.as_str()).bind(since_ms).fetch_all(pool).await)
}
