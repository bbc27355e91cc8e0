//! The list of responses: filtered, newest first, page by page, at a cost independent of the shop's size.

use crate::db::complaint::is_complaint;
use crate::db::{Db, DbError};
use crate::domain::response_filter::{ResponseCursor, ResponseFilter};
use crate::on;
use crate::time::zone::ShopZone;
use shared::ids::{ResponseId, ShopKey};

/// A response as its owner may see it: everything the visitor sent, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResponseListRow {
    pub id: String,
    pub receipt: String,
    pub moment: String,
    pub scale: String,
    pub rating: i64,
    pub comment: String,
    pub email: String,
    pub wants_reply: bool,
    pub order_number: String,
    pub page_path: String,
    pub page_title: String,
    pub product: String,
    pub language: String,
    pub device: String,
    pub created_at_ms: i64,
    /// Codes of the reasons in the order they were picked, separated by blanks.
    pub reasons: String,
}

macro_rules! listed {
    () => {
        "p.id, p.receipt, p.moment, p.scale, cast(p.rating as bigint) as rating, p.comment, p.email, p.wants_reply, \
         p.order_number, p.page_path, p.page_title, p.product, p.language, p.device, p.created_at_ms, \
         coalesce((select string_agg(r.reason, ' ' order by r.position) from response_reason r \
         where r.shop = p.shop and r.response = p.id), '') as reasons"
    };
}

/// Continues after the cursor, whose instant is among the bounds of [`listing`] too ([`ResponseCursor::end_ms`]): of
/// two upper bounds SQLite's index uses one, and with the period's each page would read all pages before it again.
macro_rules! older {
    () => {
        "and (p.created_at_ms, p.id) < ($21, $22) order by p.created_at_ms desc, p.id desc limit $23"
    };
}

/// Rarely used filters, in a statement of their own.
macro_rules! narrowed {
    ($rest:expr) => {
        concat!(
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

/// The filters of all lists: $2 and $3 instants, $4 and $5 ratings, $6 moment, $7 page, $8 with words, $9 wants a
/// reply, $10 complaints, $11 reason, $12 search pattern, $13 and $14 days, $15 progress of the conversation, $16
/// cause, $17 product, $18 device, $19 language, $20 hour of the week.
macro_rules! listing {
    ($columns:expr, $rest:expr) => {
        listing!($columns, "", $rest)
    };
    ($columns:expr, $beside:literal, $rest:expr) => {
        concat!(
            "select ",
            $columns,
            " from response p ",
            $beside,
            " where p.shop = $1 and p.created_at_ms >= $2 and p.created_at_ms < $3 ",
            "and p.day >= $13 and p.day <= $14 ",
            "and p.rating >= $4 and p.rating <= $5 ",
            "and ($6 = '' or p.moment = $6) and ($7 = '' or p.page_path = $7) ",
            "and ($8 = 0 or p.comment <> '') and ($9 = 0 or p.wants_reply) ",
            "and ($10 = 0 or ",
            is_complaint!("p."),
            ") ",
            "and ($11 = '' or exists (select 1 from response_reason r ",
            "where r.shop = p.shop and r.response = p.id and r.reason = $11)) ",
            r"and ($12 = '' or lower(p.comment) like lower($12) escape '\' ",
            r"or lower(p.order_number) like lower($12) escape '\' ",
            r"or lower(p.email) like lower($12) escape '\' or lower(p.receipt) like lower($12) escape '\') ",
            $rest
        )
    };
}

/// Binds the parameters of [`listing`], up to an instant.
macro_rules! filtered {
    ($query:expr, $shop:expr, $filter:expr, $zone:expr, $end_ms:expr) => {{
        let (from_ms, until_ms) = $filter.bounds_ms($zone);
        let until_ms = until_ms.min($end_ms);
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
            .bind($filter.like_pattern())
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

const LIST_PAGE: &str = listing!(listed!(), older!());
const LIST_PAGE_NARROWED: &str = listing!(listed!(), narrowed!(older!()));

/// Responses older than the cursor, newest first.
pub async fn page(
    db: &Db,
    shop: &ShopKey,
    filter: &ResponseFilter,
    zone: &ShopZone,
    after: &ResponseCursor,
    limit: i64,
) -> Result<Vec<ResponseListRow>, DbError> {
    on!(db, |pool| filtered!(
        sqlx::query_as(if filter.is_narrowed() { LIST_PAGE_NARROWED } else { LIST_PAGE }),
        shop,
        filter,
        zone,
        after.end_ms()
    )
    .bind(after.at_ms)
    .bind(&after.id)
    .bind(limit)
    .fetch_all(pool)
    .await)
}

/// A conversation as it is exported. Every instant is in Unix milliseconds, UTC.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ConversationListRow {
    pub id: String,
    pub receipt: String,
    pub created_at_ms: i64,
    pub rating: i64,
    pub comment: String,
    pub stage: String,
    pub person: String,
    pub opened_at_ms: i64,
    pub answered_at_ms: Option<i64>,
    /// Milliseconds of opening hours until the first reply.
    pub answered_open_ms: Option<i64>,
    pub put_right_at_ms: Option<i64>,
    pub remedy: String,
    pub cause: String,
    pub asked_at_ms: Option<i64>,
    pub decided_at_ms: Option<i64>,
    pub aside: String,
    /// Messages by visitor and shop, without internal notes.
    pub messages: i64,
}

const LIST_CONVERSATIONS: &str = listing!(
    "p.id, p.receipt, p.created_at_ms, cast(p.rating as bigint) as rating, p.comment, t.stage, coalesce((select \
     o.name from user_account o where o.user_id = t.person), '') as person, t.opened_at_ms, t.answered_at_ms, \
     t.answered_open_ms, t.put_right_at_ms, t.remedy, t.cause, t.asked_at_ms, t.decided_at_ms, t.aside, (select \
     cast(count(*) as bigint) from message m where m.shop = p.shop and m.response = p.id and m.kind = 'words') \
     as messages",
    "join conversation t on t.shop = p.shop and t.response = p.id",
    narrowed!(older!())
);

/// Conversations of responses older than the cursor, newest first.
pub async fn load_conversations(
    db: &Db,
    shop: &ShopKey,
    filter: &ResponseFilter,
    zone: &ShopZone,
    after: &ResponseCursor,
    limit: i64,
) -> Result<Vec<ConversationListRow>, DbError> {
    on!(db, |pool| filtered!(sqlx::query_as(LIST_CONVERSATIONS), shop, filter, zone, after.end_ms())
        .bind(after.at_ms)
        .bind(&after.id)
        .bind(limit)
        .fetch_all(pool)
        .await)
}

/// The newest with words between two instants, by the shop's present time zone. The days under which responses are
/// counted may differ by a few hours where a shop has moved to another zone: filtering by them would read and discard
/// thousands of rows of the next day in a large shop.
macro_rules! with_words {
    ($columns:expr) => {
        concat!(
            "select ",
            $columns,
            " from response p where p.shop = $1 and p.created_at_ms >= $2 and p.created_at_ms < $3 \
             and p.comment <> '' order by p.created_at_ms desc limit $4"
        )
    };
}

macro_rules! newest {
    ($pool:expr, $query:expr, $shop:expr, $bounds_ms:expr, $limit:expr) => {{
        let (from_ms, until_ms) = $bounds_ms;
        $query.bind($shop.as_str()).bind(from_ms).bind(until_ms).bind($limit).fetch_all($pool).await
    }};
}

const LIST_LATEST: &str = with_words!(listed!());
const LIST_COMMENTS: &str = with_words!("p.comment");

pub async fn latest(
    db: &Db,
    shop: &ShopKey,
    bounds_ms: (i64, i64),
    limit: i64,
) -> Result<Vec<ResponseListRow>, DbError> {
    on!(db, |pool| newest!(pool, sqlx::query_as(LIST_LATEST), shop, bounds_ms, limit))
}

pub async fn comments(
    db: &Db,
    shop: &ShopKey,
    bounds_ms: (i64, i64),
    limit: i64,
) -> Result<Vec<String>, DbError> {
    on!(db, |pool| newest!(pool, sqlx::query_scalar(LIST_COMMENTS), shop, bounds_ms, limit))
}

/// Counts up to the limit $21.
macro_rules! counted {
    ($listing:expr) => {
        concat!("select cast(count(*) as bigint) from (", $listing, " limit $21) as counted")
    };
}

const COUNT: &str = counted!(listing!("1", ""));
const COUNT_NARROWED: &str = counted!(listing!("1", narrowed!("")));

/// Counts up to `limit`.
pub async fn count(
    db: &Db,
    shop: &ShopKey,
    filter: &ResponseFilter,
    zone: &ShopZone,
    limit: u64,
) -> Result<u64, DbError> {
    let count: i64 = on!(db, |pool| filtered!(
        sqlx::query_scalar(if filter.is_narrowed() { COUNT_NARROWED } else { COUNT }),
        shop,
        filter,
        zone,
        i64::MAX
    )
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_one(pool)
    .await)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

const FIND: &str = concat!("select ", listed!(), " from response p where p.shop = $1 and p.id = $2");

pub async fn find(db: &Db, shop: &ShopKey, id: &ResponseId) -> Result<Option<ResponseListRow>, DbError> {
    on!(db, |pool| sqlx::query_as(FIND).bind(shop.as_str()).bind(id.as_str()).fetch_optional(pool).await)
}
