//! Counters, changed in the transaction that changes what they count. `domain/counters/facts.rs` says what counts as
//! what.

use crate::db::bulk_json;
use crate::db::bulk_json::BulkJson;
use crate::db::{Db, DbError, Tx};
use crate::domain::counters::rollup;
use crate::domain::counters::rollup::{RollupMarks, SPANS};
use crate::domain::counters::{ConversationFacts, Metric, ResponseFacts};
use crate::{on, within};
use shared::ids::ShopKey;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The number of responses for each rating, 1 to 5.
pub type ByRating = [i64; 5];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterKey<'a> {
    pub shop: Cow<'a, str>,
    pub what: Metric,
    pub day: i32,
    pub key: Cow<'a, str>,
}

/// Sorted, so that two writers touch the rows in the same order and cannot deadlock.
#[derive(Debug, Default)]
pub struct CounterChanges<'a>(BTreeMap<CounterKey<'a>, ByRating>);

impl<'a> CounterChanges<'a> {
    pub fn new() -> Self {
        Self::default()
    }

    /// `by` is negative for responses that are removed.
    pub fn add(&mut self, shop: Cow<'a, str>, facts: &ResponseFacts<'a>, by: i64) {
        for (what, key) in facts.entries() {
            self.add_one(shop.clone(), what, facts.day, key, facts.rating, by);
        }
    }

    pub fn add_conversation(
        &mut self,
        shop: &'a ShopKey,
        day: i32,
        rating: u8,
        before: &ConversationFacts,
        after: &ConversationFacts,
    ) {
        for (conversation, by) in [(before, -1), (after, 1)] {
            for (what, key) in conversation.entries() {
                self.add_one(shop.as_str().into(), what, day, key, rating, by);
            }
        }
    }

    fn add_one(
        &mut self,
        shop: Cow<'a, str>,
        what: Metric,
        day: i32,
        key: Cow<'a, str>,
        rating: u8,
        by: i64,
    ) {
        let counts = self.0.entry(CounterKey { shop, what, day, key }).or_default();
        if let Some(count) = counts.get_mut(usize::from(rating).wrapping_sub(1)) {
            *count += by;
        }
    }

    pub fn sum(&mut self, counted: CounterKey<'a>, by: &ByRating) {
        let counts = self.0.entry(counted).or_default();
        for (count, by) in counts.iter_mut().zip(by) {
            *count += by;
        }
    }

    pub fn into_owned(self) -> CounterChanges<'static> {
        let owned = |(c, by): (CounterKey<'_>, ByRating)| {
            let (shop, key) = (c.shop.into_owned().into(), c.key.into_owned().into());
            (CounterKey { shop, what: c.what, day: c.day, key }, by)
        };
        CounterChanges(self.0.into_iter().map(owned).collect())
    }

    /// Leaves out counters that do not change.
    pub fn iter(&self) -> impl Iterator<Item = (&CounterKey<'a>, &ByRating)> {
        self.0.iter().filter(|(_, by)| by.iter().any(|n| *n != 0))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// Shop, metric, span, day, key and five counts.
pub(crate) type CounterDelta<'a> = (&'a str, &'static str, i32, i32, &'a str, i64, i64, i64, i64, i64);

pub(crate) fn row<'a>(counted: &'a CounterKey<'_>, span: i32, by: &ByRating) -> CounterDelta<'a> {
    let [r1, r2, r3, r4, r5] = *by;
    let day = rollup::block(counted.day, span);
    (&counted.shop, counted.what.as_str(), span, day, &counted.key, r1, r2, r3, r4, r5)
}

/// Adds an array of [`CounterDelta`]s; `$from` unpacks it.
macro_rules! counted {
    ($($from:expr),+) => {
        concat!(
            "insert into daily_counter (shop, metric, span_days, day, key, r1, r2, r3, r4, r5) select \
             value ->> 0, value ->> 1, cast(value ->> 2 as integer), cast(value ->> 3 as integer), value ->> 4, \
             cast(value ->> 5 as bigint), cast(value ->> 6 as bigint), cast(value ->> 7 as bigint), \
             cast(value ->> 8 as bigint), cast(value ->> 9 as bigint)",
            $($from),+,
            " on conflict (shop, metric, span_days, day, key) do update set r1 = daily_counter.r1 + excluded.r1, \
             r2 = daily_counter.r2 + excluded.r2, r3 = daily_counter.r3 + excluded.r3, \
             r4 = daily_counter.r4 + excluded.r4, r5 = daily_counter.r5 + excluded.r5"
        )
    };
}
pub(crate) use counted;

const ADD_COUNTS: BulkJson = BulkJson::new(
    counted!(" from jsonb_each($1) where true"),
    counted!(" from jsonb_array_elements($1::jsonb)"),
);

/// Each counter may occur once only.
pub(crate) async fn add(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = CounterDelta<'_>>,
) -> Result<(), DbError> {
    let text = ADD_COUNTS.text(tx);
    let rows = bulk_json::list(rows)?;
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}

/// Responses of today are in no longer sum yet, so only the rows of one day change.
pub(crate) fn rows_of_today<'a>(changes: &'a CounterChanges<'_>) -> impl Iterator<Item = CounterDelta<'a>> {
    changes.iter().map(|(counted, by)| row(counted, 1, by))
}

/// For responses of any age, whose days may be in longer sums.
pub async fn change(tx: &mut Tx, changes: &CounterChanges<'_>) -> Result<(), DbError> {
    if changes.is_empty() {
        return Ok(());
    }
    let spans = expand_to_spans(changes, marks_within(tx).await?);
    add(tx, spans.iter().map(|((span, counted), by)| row(counted, *span, by))).await
}

/// Expands changes of days to all stored sums that contain those days.
pub(crate) fn expand_to_spans<'a>(
    changes: &CounterChanges<'a>,
    marks: RollupMarks,
) -> BTreeMap<(i32, CounterKey<'a>), ByRating> {
    let mut all: BTreeMap<(i32, CounterKey<'a>), ByRating> = BTreeMap::new();
    for (counted, by) in changes.iter() {
        for (span, mark) in SPANS.into_iter().zip([i32::MAX, marks.0[0], marks.0[1]]) {
            if counted.day < mark {
                let block = CounterKey { day: rollup::block(counted.day, span), ..counted.clone() };
                for (sum, by) in all.entry((span, block)).or_default().iter_mut().zip(by) {
                    *sum += by;
                }
            }
        }
    }
    all
}

const LIST_MARKS: &str = "select span_days, until_day from counter_rollup";
/// The shared lock makes `sum_up` wait for writers of the days it sums, and these wait for it.
const LIST_MARKS_FOR_SHARE: &str = "select span_days, until_day from counter_rollup for share";

fn marks_from_rows(rows: &[(i32, i32)]) -> RollupMarks {
    let mark = |span| rows.iter().find(|(s, _)| *s == span).map_or(i32::MIN, |(_, day)| *day);
    RollupMarks([mark(SPANS[1]), mark(SPANS[2])])
}

/// Up to which day longer sums are stored; nothing changes that until this transaction ends.
pub(crate) async fn marks_within(tx: &mut Tx) -> Result<RollupMarks, DbError> {
    let rows: Vec<(i32, i32)> = match tx {
        Tx::Sqlite(c) => sqlx::query_as(LIST_MARKS).fetch_all(&mut **c).await?,
        Tx::Postgres(c) => sqlx::query_as(LIST_MARKS_FOR_SHARE).fetch_all(&mut **c).await?,
    };
    Ok(marks_from_rows(&rows))
}

/// `None` if counters were never stored here.
pub async fn marks(db: &Db) -> Result<Option<RollupMarks>, DbError> {
    let rows: Vec<(i32, i32)> = on!(db, |pool| sqlx::query_as(LIST_MARKS).fetch_all(pool).await)?;
    Ok((!rows.is_empty()).then(|| marks_from_rows(&rows)))
}

const LIST_MARKS_FOR_UPDATE: &str = "select span_days, until_day from counter_rollup for update";
const SET_MARK: &str = "insert into counter_rollup (span_days, until_day) values ($1, $2) \
    on conflict (span_days) do update set until_day = excluded.until_day";

pub(crate) async fn set_mark(tx: &mut Tx, span: i32, until_day: i32) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(SET_MARK).bind(span).bind(until_day).execute(&mut **c).await.map(drop))
}

/// The next collector that starts rebuilds all counters.
pub async fn delete_all(tx: &mut Tx) -> Result<(), DbError> {
    for statement in ["delete from daily_counter", "delete from counter_rollup"] {
        within!(tx, |c| sqlx::query(statement).execute(&mut **c).await.map(drop))?;
    }
    Ok(())
}

const INSERT_SUM: &str = "insert into daily_counter (shop, metric, span_days, day, key, r1, r2, r3, r4, r5) \
    select shop, metric, $4, $5, key, cast(sum(r1) as bigint), cast(sum(r2) as bigint), cast(sum(r3) as bigint), \
    cast(sum(r4) as bigint), cast(sum(r5) as bigint) from daily_counter \
    where shop = $1 and metric = $2 and span_days = $3 and day >= $5 and day < $6 group by shop, metric, key";

/// Stores the next longer sum of every shop over past days; `true` if there may be another.
pub async fn roll_up(db: &Db, today: i32) -> Result<bool, DbError> {
    let mut tx = db.begin().await?;
    let rows: Vec<(i32, i32)> = match &mut tx {
        Tx::Sqlite(c) => sqlx::query_as(LIST_MARKS).fetch_all(&mut **c).await?,
        Tx::Postgres(c) => sqlx::query_as(LIST_MARKS_FOR_UPDATE).fetch_all(&mut **c).await?,
    };
    let (marks, goal) = (marks_from_rows(&rows), rollup::may_be_kept(today));
    // Shorter sums first: the longer ones are made of them.
    let next = (0..2).find(|i| !rows.is_empty() && marks.0[*i] < goal.0[*i]);
    let Some(next) = next else { return Ok(false) };
    let (from_span, span, day) = (SPANS[next], SPANS[next + 1], marks.0[next]);
    let shops: Vec<String> =
        within!(&mut tx, |c| sqlx::query_scalar("select shop from shop").fetch_all(&mut **c).await)?;
    for shop in &shops {
        for what in Metric::ALL {
            within!(&mut tx, |c| sqlx::query(INSERT_SUM)
                .bind(shop)
                .bind(what.as_str())
                .bind(from_span)
                .bind(span)
                .bind(day)
                .bind(day + span)
                .execute(&mut **c)
                .await
                .map(drop))?;
        }
    }
    set_mark(&mut tx, span, day + span).await?;
    tx.commit().await?;
    Ok(true)
}
