//! The inbox: conversations by tab, filter and search, page by page, at a cost independent of the shop's size.
//!
//! The keys of a page are found first, in an index alone; only then are its few rows read.

use crate::db::full_text_search::{SearchQuery, shop_token};
use crate::db::{Db, DbError};
use crate::domain::inbox_filter::{InboxCursor, InboxFilter, InboxTab};
use crate::on;
use shared::ids::{ResponseId, ShopKey};

/// How many hits of a search are filtered, newest first.
const HITS_MAX: i64 = 5_000;
/// Counting stops here; one more than the page shows.
pub const COUNTED_MAX: i64 = 100;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InboxRow {
    pub response: String,
    pub stage: String,
    pub moment: String,
    pub opened_at_ms: i64,
    pub changed_at_ms: i64,
    pub waits_since_at_ms: Option<i64>,
    pub person: String,
    pub remedy: String,
    pub cause: String,
    pub asked_at_ms: Option<i64>,
    pub ask_at_ms: Option<i64>,
    pub aside: String,
    pub search_rowid: i64,
    pub scale: String,
    pub rating: i64,
    pub comment: String,
    pub email: String,
    pub order_number: String,
    pub page_path: String,
    pub page_title: String,
    /// The visitor's latest message after the response; empty for none.
    pub said: String,
    /// 1 if the shop has not seen everything the visitor sent, otherwise 0.
    pub is_unread: i64,
}

/// The rows of the keys, ordered again. Materialized, because PostgreSQL, before it has statistics, would search the
/// keys again for each row; cross joins, because SQLite keeps their order.
macro_rules! listed {
    ($keys:expr, $order:literal) => {
        concat!(
            "with k as materialized (",
            $keys,
            ") select c.response, c.stage, c.moment, c.opened_at_ms, c.changed_at_ms, c.waits_since_at_ms, \
             c.person, c.remedy, c.cause, c.asked_at_ms, c.ask_at_ms, c.aside, c.search_rowid, p.scale, \
             cast(p.rating as bigint) as rating, p.comment, p.email, p.order_number, p.page_path, p.page_title, \
             coalesce((select m.words from message m where m.shop = c.shop and m.response = c.response and \
             m.sender = 'visitor' and m.kind = 'words' order by m.sent_at_ms desc, m.message desc limit 1), '') \
             as said, cast(case when c.read_at_ms is null or exists (select 1 from message m where \
             m.shop = c.shop and m.response = c.response and m.sender = 'visitor' and m.seen_at_ms is null) then \
             1 else 0 end as bigint) as is_unread from k cross join conversation c cross join response p where \
             c.shop = $1 and c.response = k.response and p.shop = c.shop and p.id = c.response order by ",
            $order
        )
    };
}

/// The filters of every tab: $2 moment, $3 cause, $4 person (`-` for unassigned), $5 reason.
macro_rules! narrowed {
    () => {
        " and ($2 = '' or c.moment = $2) and ($3 = '' or c.cause = $3) and ($4 = '' or c.person = $4 or \
         ($4 = '-' and c.person = '')) and ($5 = '' or exists (select 1 from response_reason r where \
         r.shop = c.shop and r.response = c.response and r.reason = $5)) "
    };
}

/// Reopened conversations first, then the longest waiting: $6 to $8 are the cursor.
const LIST_WAITING: &str = listed!(
    concat!(
        "select c.response from conversation c where c.shop = $1 and c.waits_since_at_ms is not null",
        narrowed!(),
        "and (case when c.stage = 'reopened' then 0 else 1 end, c.waits_since_at_ms, c.response) > ($6, $7, $8) \
         order by case when c.stage = 'reopened' then 0 else 1 end, c.waits_since_at_ms, c.response limit $9"
    ),
    "case when c.stage = 'reopened' then 0 else 1 end, c.waits_since_at_ms, c.response"
);

/// The latest change first: $6 and $7 are the cursor, $8 the stage, $10 whether conversations that wait are left out.
const LIST_BY_STAGE: &str = listed!(
    concat!(
        "select c.response from conversation c where c.shop = $1 and c.stage = $8",
        narrowed!(),
        "and ($10 = 0 or c.waits_since_at_ms is null) \
         and c.changed_at_ms <= $6 and (c.changed_at_ms < $6 or c.response < $7) \
         order by c.changed_at_ms desc, c.response desc limit $9"
    ),
    "c.changed_at_ms desc, c.response desc"
);

/// $8 is a stage, `waiting`, or empty for any.
macro_rules! in_tab {
    () => {
        "and ($8 = '' or c.stage = $8 or ($8 = 'waiting' and c.waits_since_at_ms is not null)) "
    };
}

/// The newest first: $6 is the cursor, $7 the query. SQLite's index yields its hits in this order and stops at the
/// limit.
const SEARCH_IN_SQLITE: &str = listed!(
    "select c.response from conversation_words w cross join conversation c on c.search_rowid = w.rowid \
     where w.conversation_words match $7 and w.rowid < $6 and c.shop = $1 order by w.rowid desc limit $9",
    "c.search_rowid desc"
);
/// The same with filters, which look at $10 hits at most.
const SEARCH_FILTERED_IN_SQLITE: &str = listed!(
    concat!(
        "select c.response from (select rowid as search_rowid from conversation_words \
         where conversation_words match $7 and rowid < $6 order by rowid desc limit $10) w \
         cross join conversation c where c.search_rowid = w.search_rowid and c.shop = $1",
        narrowed!(),
        in_tab!(),
        "order by c.search_rowid desc limit $9"
    ),
    "c.search_rowid desc"
);
const SEARCH_IN_POSTGRES: &str = listed!(
    concat!(
        "with hits as materialized (select c.response from conversation_words w join conversation c on \
         c.shop = w.shop and c.response = w.response where w.shop = $1 and w.words @@ cast($7 as tsquery) and \
         c.search_rowid < $6 order by c.search_rowid desc limit $10) select c.response from hits w join \
         conversation c on c.shop = $1 and c.response = w.response where true",
        narrowed!(),
        in_tab!(),
        "order by c.search_rowid desc limit $9"
    ),
    "c.search_rowid desc"
);

pub async fn page(
    db: &Db,
    shop: &ShopKey,
    filter: &InboxFilter,
    from: &InboxCursor,
    limit: i64,
) -> Result<Vec<InboxRow>, DbError> {
    if let Some(query) = SearchQuery::parse(&filter.text) {
        return search(db, shop, filter, &query, from, limit).await;
    }
    let moment = filter.moment.map_or("", |m| m.as_str());
    match filter.view {
        // The search text has no words.
        InboxTab::All => Ok(Vec::new()),
        InboxTab::Waiting => {
            let (rank, since_ms, after) = from.ascending();
            on!(db, |pool| sqlx::query_as(LIST_WAITING)
                .bind(shop.as_str())
                .bind(moment)
                .bind(&filter.cause)
                .bind(&filter.person)
                .bind(&filter.reason)
                .bind(rank)
                .bind(since_ms)
                .bind(after)
                .bind(limit)
                .fetch_all(pool)
                .await)
        }
        InboxTab::InHand
        | InboxTab::PutRight
        | InboxTab::Recovered
        | InboxTab::Unconfirmed
        | InboxTab::SetAside => {
            let (at_ms, before) = from.descending();
            on!(db, |pool| sqlx::query_as(LIST_BY_STAGE)
                .bind(shop.as_str())
                .bind(moment)
                .bind(&filter.cause)
                .bind(&filter.person)
                .bind(&filter.reason)
                .bind(at_ms)
                .bind(before)
                .bind(filter.view.as_str())
                .bind(limit)
                .bind(i32::from(filter.view == InboxTab::InHand))
                .fetch_all(pool)
                .await)
        }
    }
}

async fn search(
    db: &Db,
    shop: &ShopKey,
    filter: &InboxFilter,
    query: &SearchQuery,
    from: &InboxCursor,
    limit: i64,
) -> Result<Vec<InboxRow>, DbError> {
    let moment = filter.moment.map_or("", |m| m.as_str());
    let view = if filter.view == InboxTab::All { "" } else { filter.view.as_str() };
    let (before, _) = from.descending();
    let (text, words) = match db {
        Db::Sqlite(_) => {
            let is_narrowed = filter.is_narrowed() || filter.view != InboxTab::All;
            let text = if is_narrowed { SEARCH_FILTERED_IN_SQLITE } else { SEARCH_IN_SQLITE };
            (text, format!("\"{}\" AND {}", shop_token(shop.as_str()), query.sqlite))
        }
        Db::Postgres(_) => (SEARCH_IN_POSTGRES, query.postgres.clone()),
    };
    on!(db, |pool| sqlx::query_as(text)
        .bind(shop.as_str())
        .bind(moment)
        .bind(&filter.cause)
        .bind(&filter.person)
        .bind(&filter.reason)
        .bind(before)
        .bind(&words)
        .bind(view)
        .bind(limit)
        .bind(HITS_MAX)
        .fetch_all(pool)
        .await)
}

/// Each count is at most [`COUNTED_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct InboxCounts {
    pub waiting: i64,
    pub in_hand: i64,
    pub put_right: i64,
    pub recovered: i64,
    pub unconfirmed: i64,
    pub set_aside: i64,
    pub longest_since_at_ms: Option<i64>,
}

macro_rules! counted {
    ($name:literal, $condition:literal) => {
        concat!(
            "(select cast(count(*) as bigint) from (select 1 as one from conversation where shop = $1 and ",
            $condition,
            " limit $2) n) as ",
            $name
        )
    };
}

const COUNT_TABS: &str = concat!(
    "select ",
    counted!("waiting", "waits_since_at_ms is not null"),
    ", ",
    counted!("in_hand", "stage = 'in_hand' and waits_since_at_ms is null"),
    ", ",
    counted!("put_right", "stage = 'put_right'"),
    ", ",
    counted!("recovered", "stage = 'recovered'"),
    ", ",
    counted!("unconfirmed", "stage = 'unconfirmed'"),
    ", ",
    counted!("set_aside", "stage = 'set_aside'"),
    ", (select min(waits_since_at_ms) from conversation where shop = $1 and waits_since_at_ms is not null) \
     as longest_since_at_ms"
);

pub async fn counts(db: &Db, shop: &ShopKey) -> Result<InboxCounts, DbError> {
    on!(db, |pool| sqlx::query_as(COUNT_TABS).bind(shop.as_str()).bind(COUNTED_MAX).fetch_one(pool).await)
}

const COUNT_WAITING: &str = "select cast(count(*) as bigint) from (select 1 as one from conversation \
    where shop = $1 and waits_since_at_ms is not null limit $2) n";

/// At most [`COUNTED_MAX`].
pub async fn count_waiting(db: &Db, shop: &ShopKey) -> Result<i64, DbError> {
    on!(db, |pool| sqlx::query_scalar(COUNT_WAITING)
        .bind(shop.as_str())
        .bind(COUNTED_MAX)
        .fetch_one(pool)
        .await)
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VisitorMail {
    pub message: String,
    pub state: String,
    #[sqlx(rename = "last_error")]
    pub trouble: String,
}

const LIST_VISITOR_MAILS: &str = "select message, state, last_error from mail where shop = $1 and response = $2 \
    and person = '' and message <> '' order by created_at_ms, mail";

pub async fn list_visitor_mails(
    db: &Db,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Vec<VisitorMail>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_VISITOR_MAILS)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(pool)
        .await)
}
