//! Adds new responses, as many as there are in one statement, with their reasons, conversations and counters.

use crate::db::bulk_json;
use crate::db::bulk_json::BulkJson;
use crate::db::conversations::{NewConversationRow, opened};
use crate::db::counters;
use crate::db::counters::{CounterChanges, counted};
use crate::db::{Db, DbError, Tx};
use crate::domain::conversation::search_rowid;
use crate::domain::response::Response;
use crate::within;
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use shared::ids::{ResponseId, ShopKey};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};
use std::collections::HashSet;

pub enum InsertOutcome {
    /// All were new, and are committed.
    All,
    /// Some existed and are unchanged, or there is more to do: whether each was new, and the open transaction.
    Within(Tx, Vec<bool>),
}

/// A connection held from one batch to the next: returning it to the pool and taking another costs as much as storing
/// a dozen responses, since the pool tests it each time.
#[derive(Default)]
pub struct HeldConnection(Option<Connection>);

enum Connection {
    /// The one connection that writes: others wait while it is held.
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl HeldConnection {
    pub fn release(&mut self) {
        self.0 = None;
    }

    /// Whether other writers wait while it is held.
    pub fn blocks_writers(&self) -> bool {
        matches!(self.0, Some(Connection::Sqlite(_)))
    }

    async fn of(&mut self, db: &Db) -> Result<&mut Connection, DbError> {
        Ok(match &mut self.0 {
            Some(connection) => connection,
            none => none.insert(match db {
                Db::Sqlite(embedded) => Connection::Sqlite(embedded.write.acquire().await?),
                Db::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
            }),
        })
    }
}

/// The ids must differ. With `more`, the caller has more to do in the same transaction.
pub async fn add(
    db: &Db,
    held: &mut HeldConnection,
    responses: &[&Response],
    more: bool,
    now_ms: i64,
) -> Result<InsertOutcome, DbError> {
    if !more {
        let batch = Batch::of(responses, now_ms)?;
        let added = match held.of(db).await? {
            Connection::Sqlite(c) => add_to_sqlite(c, &batch, now_ms).await,
            Connection::Postgres(c) => add_to_postgres(c, &batch, now_ms).await,
        };
        match added {
            Ok(()) => return Ok(InsertOutcome::All),
            // A browser sent a response again; the responses are added below, in a transaction.
            Err(cause) if cause.as_database_error().is_some_and(|e| e.is_unique_violation()) => {}
            Err(cause) => {
                // The connection may be broken, which the pool finds out.
                held.release();
                return Err(cause);
            }
        }
    }
    // The transaction would wait for it.
    held.release();
    let mut tx = db.begin().await?;
    let is_new = add_unknown(&mut tx, responses, now_ms).await?;
    Ok(InsertOutcome::Within(tx, is_new))
}

macro_rules! add {
    ($now:literal, $more:literal) => {
        concat!(
            "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, \
             comment, email, wants_reply, order_number, page_path, page_title, language, device, day, hour, \
             product, tracked_page, tracked_product, created_at_ms, changed_at_ms) select value ->> 0, \
             value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
             cast(value ->> 7 as integer), value ->> 8, value ->> 9, cast(value ->> 10 as boolean), \
             value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, \
             cast(value ->> 16 as integer), cast(value ->> 17 as integer), value ->> 18, value ->> 19, \
             value ->> 20, ",
            $now,
            ", ",
            $now,
            $more
        )
    };
}

struct BatchRow<'a>(&'a Response);

impl Serialize for BatchRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut row = to.serialize_tuple(COLUMNS)?;
        columns(self.0, &mut row)?;
        row.end()
    }
}

pub(crate) const COLUMNS: usize = 21;

/// In the order of the table, without `created_at_ms` and `changed_at_ms`.
pub(crate) fn columns<T: SerializeTuple>(r: &Response, row: &mut T) -> Result<(), T::Error> {
    for text in [r.shop.as_str(), r.id.as_str(), &r.receipt, &r.secret_hash, &r.body_hash] {
        row.serialize_element(text)?;
    }
    row.serialize_element(r.moment.as_str())?;
    row.serialize_element(r.scale.as_str())?;
    row.serialize_element(&r.rating.get())?;
    row.serialize_element(&r.comment)?;
    row.serialize_element(&r.email)?;
    row.serialize_element(&r.wants_reply)?;
    for text in [&r.order, &r.page.path, &r.page.title, r.language.as_str(), r.device.as_str()] {
        row.serialize_element(text)?;
    }
    row.serialize_element(&r.counted.day)?;
    row.serialize_element(&r.counted.hour)?;
    for text in [&r.product, &r.counted.page, &r.counted.product] {
        row.serialize_element(text)?;
    }
    Ok(())
}

fn rows(responses: &[&Response]) -> Result<String, DbError> {
    bulk_json::list(responses.iter().copied().map(BatchRow))
}

/// Adds an array of [`BatchReason`]s; `$from` unpacks it.
macro_rules! picked {
    ($($from:expr),+) => {
        concat!(
            "insert into response_reason (shop, response, reason, position) \
             select value ->> 0, value ->> 1, value ->> 2, cast(value ->> 3 as integer)",
            $($from),+
        )
    };
}

/// Adds an array of [`NewConversationRow`]s; `$from` unpacks it.
macro_rules! begun {
    ($now:literal, $from:literal) => {
        opened!(
            "select value ->> 0, value ->> 1, 'received', value ->> 2, ",
            $now,
            ", ",
            $now,
            ", ",
            $now,
            ", ",
            $now,
            ", null, 0, '', null, null, null, null, '', '', null, null, null, '', cast(value ->> 3 as bigint)",
            $from
        )
    };
}

/// A trigger makes a whole batch one statement, which is a transaction of its own: each round trip to SQLite takes as
/// long as storing several responses, and in a longer transaction SQLite would copy every page to be able to undo
/// this statement alone. Each connection creates it when it first needs it.
const CREATE_TRIGGER_IN_SQLITE: &str = concat!(
    "create temp view if not exists batch as \
     select '' as responses, 0 as now_ms, '' as reasons, '' as complaints, '' as counts; \
     create temp trigger if not exists add_batch instead of insert on batch begin ",
    add!("new.now_ms", " from jsonb_each(new.responses)"),
    "; ",
    picked!(" from jsonb_each(new.reasons)"),
    "; ",
    begun!("new.now_ms", " from jsonb_each(new.complaints)"),
    "; ",
    counted!(" from jsonb_each(new.counts) where true"),
    "; end"
);
const INSERT_IN_SQLITE: &str =
    "insert into temp.batch (responses, now_ms, reasons, complaints, counts) values ($1, $2, $3, $4, $5)";
const NO_TRIGGER: &str = "no such table: temp.batch";

/// The same for PostgreSQL, which runs these parts from last to first. The counters come last, since other writers
/// that count for the same shop wait from then on. Source: PostgreSQL 15, `ExecInitModifyTable`: "we need
/// later-initialized ModifyTable nodes to be shut down before earlier ones".
const INSERT_IN_POSTGRES: &str = concat!(
    "with counted as (",
    counted!(" from jsonb_array_elements($5::jsonb)"),
    "), begun as (",
    begun!("$2", " from jsonb_array_elements($4::jsonb)"),
    "), picked as (",
    picked!(" from jsonb_array_elements($3::jsonb)"),
    ") ",
    add!("$2", " from jsonb_array_elements($1::jsonb)")
);

/// JSON arrays of the rows.
struct Batch {
    responses: String,
    reasons: String,
    complaints: String,
    counts: String,
}

impl Batch {
    fn of(responses: &[&Response], now_ms: i64) -> Result<Self, DbError> {
        Ok(Self {
            responses: rows(responses)?,
            reasons: bulk_json::list(reasons(responses))?,
            complaints: bulk_json::list(complaints(responses, now_ms))?,
            counts: bulk_json::list(counters::rows_of_today(&changes(responses)))?,
        })
    }
}

async fn add_to_postgres(c: &mut PgConnection, batch: &Batch, now_ms: i64) -> Result<(), DbError> {
    let add = sqlx::query(INSERT_IN_POSTGRES).bind(&batch.responses).bind(now_ms);
    add.bind(&batch.reasons).bind(&batch.complaints).bind(&batch.counts).execute(c).await.map(drop)
}

async fn add_to_sqlite(c: &mut SqliteConnection, batch: &Batch, now_ms: i64) -> Result<(), DbError> {
    match add_by_trigger(c, batch, now_ms).await {
        Err(cause) if cause.to_string().contains(NO_TRIGGER) => {
            sqlx::raw_sql(CREATE_TRIGGER_IN_SQLITE).execute(&mut *c).await?;
            add_by_trigger(c, batch, now_ms).await
        }
        added => added,
    }
}

async fn add_by_trigger(c: &mut SqliteConnection, batch: &Batch, now_ms: i64) -> Result<(), DbError> {
    let add = sqlx::query(INSERT_IN_SQLITE).bind(&batch.responses).bind(now_ms);
    add.bind(&batch.reasons).bind(&batch.complaints).bind(&batch.counts).execute(c).await.map(drop)
}

/// Skips responses that exist, and returns the others.
const INSERT_UNKNOWN: BulkJson = BulkJson::new(
    add!("$2", " from jsonb_each($1) where true on conflict (shop, id) do nothing returning shop, id"),
    add!("$2", " from jsonb_array_elements($1::jsonb) on conflict (shop, id) do nothing returning shop, id"),
);
const INSERT_CONVERSATIONS: BulkJson = BulkJson::new(
    begun!("$2", " from jsonb_each($1)"),
    begun!("$2", " from jsonb_array_elements($1::jsonb)"),
);

/// Tells of each response whether it was new.
async fn add_unknown(tx: &mut Tx, responses: &[&Response], now_ms: i64) -> Result<Vec<bool>, DbError> {
    if responses.is_empty() {
        return Ok(Vec::new());
    }
    let (text, list) = (INSERT_UNKNOWN.text(tx), rows(responses)?);
    let new: Vec<(String, String)> =
        within!(tx, |c| sqlx::query_as(text).bind(list).bind(now_ms).fetch_all(&mut **c).await)?;
    let new: HashSet<(&str, &str)> = new.iter().map(|(shop, id)| (shop.as_str(), id.as_str())).collect();
    let is_new = |r: &&Response| new.contains(&(r.shop.as_str(), r.id.as_str()));
    let added: Vec<&Response> = responses.iter().copied().filter(is_new).collect();
    add_reasons(tx, reasons(&added)).await?;
    let (text, complaints) = (INSERT_CONVERSATIONS.text(tx), bulk_json::list(complaints(&added, now_ms))?);
    within!(tx, |c| sqlx::query(text).bind(complaints).bind(now_ms).execute(&mut **c).await.map(drop))?;
    counters::add(tx, counters::rows_of_today(&changes(&added))).await?;
    Ok(responses.iter().map(is_new).collect())
}

fn changes<'a>(new: &[&'a Response]) -> CounterChanges<'a> {
    let mut changes = CounterChanges::new();
    for r in new {
        changes.add(r.shop.as_str().into(), &r.facts(), 1);
    }
    changes
}

fn complaints<'a>(responses: &[&'a Response], now_ms: i64) -> Vec<NewConversationRow<'a>> {
    let opened =
        |r: &&'a Response| (r.shop.as_str(), r.id.as_str(), r.moment.as_str(), search_rowid(now_ms, &r.id));
    responses.iter().filter(|r| r.is_complaint()).map(opened).collect()
}

pub(crate) const INSERT_REASONS: BulkJson =
    BulkJson::new(picked!(" from jsonb_each($1)"), picked!(" from jsonb_array_elements($1::jsonb)"));

/// Shop, response, code and position.
pub(crate) type BatchReason<'a> = (&'a str, &'a str, &'a str, i32);

fn reasons<'a>(responses: &[&'a Response]) -> Vec<BatchReason<'a>> {
    responses.iter().flat_map(|r| in_order(&r.shop, &r.id, &r.reasons)).collect()
}

pub(crate) fn in_order<'a>(
    shop: &'a ShopKey,
    id: &'a ResponseId,
    reasons: &'a [String],
) -> impl Iterator<Item = BatchReason<'a>> {
    (0i32..).zip(reasons).map(|(place, reason)| (shop.as_str(), id.as_str(), reason.as_str(), place))
}

pub(crate) async fn add_reasons(tx: &mut Tx, reasons: Vec<BatchReason<'_>>) -> Result<(), DbError> {
    if reasons.is_empty() {
        return Ok(());
    }
    let text = INSERT_REASONS.text(tx);
    let rows = bulk_json::list(reasons)?;
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}
