//! Adding what visitors sent: as many responses as there are in one statement, with their reasons and their counts.

use super::conversations::{self, Opened, opened};
use super::counts::{self, Changes, counted};
use super::many::{self, Many};
use super::{Db, DbError, Tx};
use crate::collect::response::Response;
use crate::within;
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use shared::ids::{ResponseId, ShopKey};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection};
use std::collections::HashSet;

/// What was done.
pub struct Added {
    /// The transaction it was done in; none if it is on disk already.
    pub tx: Option<Tx>,
    /// For each response whether it was new. The others were there already and are as they were.
    pub is_new: Vec<bool>,
}

/// A connection that is kept from one batch to the next: to give it back and ask for another takes as long as storing a
/// dozen responses, since it is asked each time whether it is still there.
#[derive(Default)]
pub struct Kept(Option<Connection>);

enum Connection {
    /// The one that writes: nobody else does while it is kept.
    Sqlite(PoolConnection<Sqlite>),
    /// One of several.
    Postgres(PoolConnection<Postgres>),
}

impl Kept {
    /// Lets others have it.
    pub fn give_back(&mut self) {
        self.0 = None;
    }

    /// Whether others can do nothing without it.
    pub fn is_the_only_one(&self) -> bool {
        matches!(self.0, Some(Connection::Sqlite(_)))
    }

    /// The kept one, or one of the database's that is kept from now on.
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

/// Adds responses whose ids differ and their reasons, and counts them. With `more`, there is more to do in the same
/// transaction.
///
/// # Errors
/// When the database does not do it; then nothing was added.
pub async fn add(
    db: &Db,
    kept: &mut Kept,
    responses: &[&Response],
    more: bool,
    now_ms: i64,
) -> Result<Added, DbError> {
    if !more {
        // One statement is a transaction, too: the database is asked once instead of four times.
        let added = match kept.of(db).await? {
            Connection::Postgres(c) => add_to_postgres(c, responses, now_ms).await.map(Some),
            Connection::Sqlite(c) => match add_to_sqlite(c, responses, now_ms).await {
                Ok(()) => Ok(Some(vec![true; responses.len()])),
                Err(cause) if is_there_already(&cause) => Ok(None),
                Err(cause) => Err(cause),
            },
        };
        match added {
            Ok(Some(is_new)) => return Ok(Added { tx: None, is_new }),
            Ok(None) => {}
            Err(cause) => {
                // It may be of no use any more, which the pool finds out.
                kept.give_back();
                return Err(cause);
            }
        }
    }
    // The transaction would wait for it.
    kept.give_back();
    let mut tx = db.begin().await?;
    let is_new = match &mut tx {
        Tx::Postgres(c) => add_to_postgres(c, responses, now_ms).await?,
        Tx::Sqlite(c) => add_unknown_to_sqlite(c, responses, now_ms).await?,
    };
    Ok(Added { tx: Some(tx), is_new })
}

/// Begins a statement that adds responses from a list of [`Row`]s.
macro_rules! add {
    ($now:literal, $more:literal) => {
        concat!(
            "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, comment, \
             email, wants_reply, order_number, page_path, page_title, language, device, day, hour, product, counted_page, \
             counted_product, created_at_ms, changed_at_ms) select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
             value ->> 6, cast(value ->> 7 as integer), value ->> 8, value ->> 9, cast(value ->> 10 as boolean), \
             value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, cast(value ->> 16 as integer), \
             cast(value ->> 17 as integer), value ->> 18, value ->> 19, value ->> 20, ",
            $now,
            ", ",
            $now,
            $more
        )
    };
}

/// A response as it goes into the list.
struct Row<'a>(&'a Response);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut row = to.serialize_tuple(COLUMNS)?;
        columns(self.0, &mut row)?;
        row.end()
    }
}

/// How many [`columns`] there are.
pub(super) const COLUMNS: usize = 21;

/// A response as columns, in the order of the table, without when it was made and changed.
pub(super) fn columns<T: SerializeTuple>(r: &Response, row: &mut T) -> Result<(), T::Error> {
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
    many::list(responses.iter().copied().map(Row))
}

/// The statement that adds a list of [`Reason`]s, around what takes the list apart.
macro_rules! picked {
    ($($from:expr),+) => {
        concat!(
            "insert into response_reason (shop, response, reason, place) \
             select value ->> 0, value ->> 1, value ->> 2, cast(value ->> 3 as integer)",
            $($from),+
        )
    };
}

/// A whole batch is one statement, and so a transaction of its own: each way to SQLite and back takes as long as storing several
/// responses, and in a longer transaction SQLite would keep a copy of every page, to take back this statement alone.
/// Each connection is taught it when it first needs it.
const TEACH_SQLITE: &str = concat!(
    "create temp view if not exists batch as \
     select '' as responses, 0 as now_ms, '' as reasons, '' as complaints, '' as counts; \
     create temp trigger if not exists add_batch instead of insert on batch begin ",
    add!("new.now_ms", " from jsonb_each(new.responses) where true"),
    "; ",
    picked!(" from jsonb_each(new.reasons)"),
    "; ",
    opened!(
        "select value ->> 0, value ->> 1, 'received', value ->> 2, new.now_ms, new.now_ms, new.now_ms, new.now_ms, null, 0, \
         '', null, null, null, null, '', '', null, null, null, '', cast(value ->> 3 as bigint) \
         from jsonb_each(new.complaints)"
    ),
    "; ",
    counted!(" from jsonb_each(new.counts)"),
    "; end"
);
const ADD_TO_SQLITE: &str =
    "insert into temp.batch (responses, now_ms, reasons, complaints, counts) values ($1, $2, $3, $4, $5)";
const NOT_TAUGHT: &str = "no such table: temp.batch";

/// Adds responses. Where some are there already, nothing is added and the error says so.
async fn add_to_sqlite(
    c: &mut SqliteConnection,
    responses: &[&Response],
    now_ms: i64,
) -> Result<(), DbError> {
    if responses.is_empty() {
        return Ok(());
    }
    match add_taught(c, responses, now_ms).await {
        Err(cause) if cause.to_string().contains(NOT_TAUGHT) => {
            sqlx::raw_sql(TEACH_SQLITE).execute(&mut *c).await?;
            add_taught(c, responses, now_ms).await
        }
        added => added,
    }
}

async fn add_taught(c: &mut SqliteConnection, responses: &[&Response], now_ms: i64) -> Result<(), DbError> {
    let more = More::of(responses, now_ms)?;
    let add = sqlx::query(ADD_TO_SQLITE).bind(rows(responses)?).bind(now_ms);
    add.bind(more.reasons).bind(more.complaints).bind(more.counts).execute(c).await.map(drop)
}

/// What belongs to a response that was there already may be there, too.
fn is_there_already(cause: &DbError) -> bool {
    cause.as_database_error().is_some_and(|e| e.is_unique_violation())
}

const KNOWN_TO_SQLITE: &str = "select r.shop, r.id from jsonb_each($1) \
    join response r on r.shop = value ->> 0 and r.id = value ->> 1";

/// Adds those of the responses that are not there yet. To ask each time which they are would cost as much as storing them, so
/// it is asked where there is more to do, or something was sent again.
async fn add_unknown_to_sqlite(
    c: &mut SqliteConnection,
    responses: &[&Response],
    now_ms: i64,
) -> Result<Vec<bool>, DbError> {
    let keys = many::list(responses.iter().map(|r| (r.shop.as_str(), r.id.as_str())))?;
    let known: Vec<(String, String)> = sqlx::query_as(KNOWN_TO_SQLITE).bind(keys).fetch_all(&mut *c).await?;
    let is_known = is_in(&known, responses);
    let unknown: Vec<&Response> =
        responses.iter().zip(&is_known).filter(|(_, is_known)| !**is_known).map(|(r, _)| *r).collect();
    add_to_sqlite(c, &unknown, now_ms).await?;
    Ok(is_known.into_iter().map(|is_known| !is_known).collect())
}

/// What belongs to new responses, as lists.
struct More {
    reasons: String,
    complaints: String,
    counts: String,
}

impl More {
    fn of(new: &[&Response], now_ms: i64) -> Result<Self, DbError> {
        let mut changes = Changes::new();
        for r in new {
            changes.add(r.shop.as_str().into(), &r.facts(), 1);
        }
        Ok(Self {
            reasons: many::list(reasons(new))?,
            complaints: many::list(complaints(new, now_ms))?,
            counts: many::list(counts::rows_of_today(&changes))?,
        })
    }
}

fn complaints<'a>(responses: &[&'a Response], now_ms: i64) -> Vec<Opened<'a>> {
    let opened = |r: &&'a Response| {
        (r.shop.as_str(), r.id.as_str(), r.moment.as_str(), conversations::place(now_ms, &r.id))
    };
    responses.iter().filter(|r| r.is_complaint()).map(opened).collect()
}

/// Adds, counts, and gives back what was there already. `$3` are the reasons, `$4` the complaints. What each counts as is said
/// here once more, as in `count/facts.rs`: to hand it over for each response and find those that are new cost more than all
/// the rest. The counts are changed in one order, so that two writers cannot wait for each other.
const ADD_TO_POSTGRES: &str = concat!(
    "with new as (",
    add!(
        "$2",
        " from jsonb_array_elements($1::jsonb) on conflict (shop, id) do nothing returning shop, id, day, hour, moment, \
         rating, counted_page, counted_product, device, language, comment <> '' as has_words, \
         (wants_reply or (rating <= 2 and comment <> '')) as is_complaint"
    ),
    "), picked as (insert into response_reason (shop, response, reason, place) \
     select new.shop, new.id, value ->> 2, cast(value ->> 3 as integer) from jsonb_array_elements($3::jsonb) \
     join new on new.shop = value ->> 0 and new.id = value ->> 1 returning shop, response, reason), \
     entries as (select shop, 'all' as what, day, '' as key, rating from new \
     union all select shop, 'words', day, '', rating from new where has_words \
     union all select shop, 'moment', day, moment, rating from new \
     union all select shop, 'page', day, counted_page, rating from new where counted_page <> '' \
     union all select shop, 'product', day, counted_product, rating from new where counted_product <> '' \
     union all select shop, 'device', day, device, rating from new \
     union all select shop, 'language', day, language, rating from new \
     union all select shop, 'hour', day, lpad(hour::text, greatest(2, length(hour::text)), '0'), rating from new where hour >= 0 \
     union all select shop, 'stage', day, 'received', rating from new where is_complaint \
     union all select shop, 'reason', day, reason, rating from picked join new using (shop) where new.id = picked.response), \
     counted as (insert into kept_count (shop, what, span, day, key, r1, r2, r3, r4, r5) \
     select shop, what, 1, day, key, count(*) filter (where rating = 1), count(*) filter (where rating = 2), \
     count(*) filter (where rating = 3), count(*) filter (where rating = 4), count(*) filter (where rating = 5) \
     from entries group by shop, what, day, key order by shop, what, day, key \
     on conflict (shop, what, span, day, key) do update set r1 = kept_count.r1 + excluded.r1, \
     r2 = kept_count.r2 + excluded.r2, r3 = kept_count.r3 + excluded.r3, r4 = kept_count.r4 + excluded.r4, \
     r5 = kept_count.r5 + excluded.r5), opened as (",
    opened!(
        "select new.shop, new.id, 'received', new.moment, $2, $2, $2, $2, null, 0, '', null, null, null, null, '', '', \
         null, null, null, '', cast(value ->> 3 as bigint) from jsonb_array_elements($4::jsonb) \
         join new on new.shop = value ->> 0 and new.id = value ->> 1"
    ),
    ") select value ->> 0, value ->> 1 from jsonb_array_elements($1::jsonb) \
     where not exists (select from new where new.shop = value ->> 0 and new.id = value ->> 1)"
);

async fn add_to_postgres(
    c: &mut PgConnection,
    responses: &[&Response],
    now_ms: i64,
) -> Result<Vec<bool>, DbError> {
    if responses.is_empty() {
        return Ok(Vec::new());
    }
    let (rows, reasons) = (rows(responses)?, many::list(reasons(responses))?);
    let complaints = many::list(complaints(responses, now_ms))?;
    let add = sqlx::query_as(ADD_TO_POSTGRES).bind(rows).bind(now_ms).bind(reasons).bind(complaints);
    let known: Vec<(String, String)> = add.fetch_all(c).await?;
    Ok(is_in(&known, responses).into_iter().map(|is_known| !is_known).collect())
}

fn is_in(list: &[(String, String)], responses: &[&Response]) -> Vec<bool> {
    let list: HashSet<(&str, &str)> = list.iter().map(|(shop, id)| (shop.as_str(), id.as_str())).collect();
    responses.iter().map(|r| list.contains(&(r.shop.as_str(), r.id.as_str()))).collect()
}

pub(super) const ADD_REASONS: Many =
    Many::new(picked!(" from jsonb_each($1)"), picked!(" from jsonb_array_elements($1::jsonb)"));

/// Shop, response, code, and the place it was picked in.
pub(super) type Reason<'a> = (&'a str, &'a str, &'a str, i32);

fn reasons<'a>(responses: &[&'a Response]) -> Vec<Reason<'a>> {
    responses.iter().flat_map(|r| in_order(&r.shop, &r.id, &r.reasons)).collect()
}

/// One response's reasons, in the order they were picked in.
pub(super) fn in_order<'a>(
    shop: &'a ShopKey,
    id: &'a ResponseId,
    reasons: &'a [String],
) -> impl Iterator<Item = Reason<'a>> {
    (0i32..).zip(reasons).map(|(place, reason)| (shop.as_str(), id.as_str(), reason.as_str(), place))
}

/// Adds reasons to responses that are there.
///
/// # Errors
/// When the database does not do it.
pub(super) async fn add_reasons(tx: &mut Tx, reasons: Vec<Reason<'_>>) -> Result<(), DbError> {
    if reasons.is_empty() {
        return Ok(());
    }
    let text = ADD_REASONS.text(tx);
    let rows = many::list(reasons)?;
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}
