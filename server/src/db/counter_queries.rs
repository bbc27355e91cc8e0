use crate::db::counters::ByRating;
use crate::db::{Db, DbError};
use crate::domain::counters::Metric;
use crate::domain::counters::rollup::{RollupMarks, plan};
use crate::on;
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterRow {
    pub what: Metric,
    pub key: String,
    pub by_rating: ByRating,
}

impl CounterRow {
    pub fn total(&self) -> i64 {
        self.by_rating.iter().sum()
    }
}

macro_rules! bucket {
    ($span:literal, $from:literal, $until:literal) => {
        concat!(
            "select metric, key, r1, r2, r3, r4, r5 from daily_counter where shop = $1 and metric in (select \
             metric from asked) and span_days = ",
            $span,
            " and day >= ",
            $from,
            " and day < ",
            $until
        )
    };
}

/// `$2` is a JSON array of metrics; the others are the bounds of the buckets.
macro_rules! totals_query {
    ($metrics:literal) => {
        concat!(
            "with asked as (",
            $metrics,
            ") select metric, key, cast(sum(r1) as bigint), cast(sum(r2) as bigint), cast(sum(r3) as bigint), \
             cast(sum(r4) as bigint), cast(sum(r5) as bigint) from (",
            bucket!("1", "$3", "$4"),
            " union all ",
            bucket!("8", "$4", "$5"),
            " union all ",
            bucket!("64", "$5", "$6"),
            " union all ",
            bucket!("8", "$6", "$7"),
            " union all ",
            bucket!("1", "$7", "$8"),
            ") as parts group by metric, key"
        )
    };
}

const TOTALS_IN_SQLITE: &str = totals_query!("select value as metric from json_each($2)");
const TOTALS_IN_POSTGRES: &str =
    totals_query!("select value as metric from jsonb_array_elements_text($2::jsonb)");

/// Unordered sums over the days from `first` to before `until`; rows of zeros are left out.
pub async fn totals(
    db: &Db,
    shop: &ShopKey,
    metrics: &[Metric],
    (first, until): (i32, i32),
    marks: RollupMarks,
) -> Result<Vec<CounterRow>, DbError> {
    let [a, b, c, d, e] = plan(first, until, marks);
    let names: Vec<&str> = metrics.iter().map(|what| what.as_str()).collect();
    type Row = (String, String, i64, i64, i64, i64, i64);
    let text = match db {
        Db::Sqlite(_) => TOTALS_IN_SQLITE,
        Db::Postgres(_) => TOTALS_IN_POSTGRES,
    };
    let names = crate::db::bulk_json::list(names)?;
    let rows: Vec<Row> = on!(db, |pool| sqlx::query_as(text)
        .bind(shop.as_str())
        .bind(names)
        .bind(a.from)
        .bind(b.from)
        .bind(c.from)
        .bind(d.from)
        .bind(e.from)
        .bind(e.until)
        .fetch_all(pool)
        .await)?;
    let totals = rows.into_iter().filter_map(|(what, key, r1, r2, r3, r4, r5)| {
        Some(CounterRow { what: Metric::named(&what)?, key, by_rating: [r1, r2, r3, r4, r5] })
    });
    Ok(totals.filter(|totals| totals.by_rating != [0; 5]).collect())
}

const LIST_DAYS: &str = "select day, r1, r2, r3, r4, r5 from daily_counter \
    where shop = $1 and metric = $2 and span_days = 1 and day >= $3 and day < $4 and key = ''";

/// Unordered; days without any are left out.
pub async fn days(
    db: &Db,
    shop: &ShopKey,
    what: Metric,
    (first, until): (i32, i32),
) -> Result<Vec<(i32, ByRating)>, DbError> {
    type Row = (i32, i64, i64, i64, i64, i64);
    let rows: Vec<Row> = on!(db, |pool| sqlx::query_as(LIST_DAYS)
        .bind(shop.as_str())
        .bind(what.as_str())
        .bind(first)
        .bind(until)
        .fetch_all(pool)
        .await)?;
    Ok(rows.into_iter().map(|(day, r1, r2, r3, r4, r5)| (day, [r1, r2, r3, r4, r5])).collect())
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DailyCounterRow {
    pub metric: String,
    pub day: i32,
    pub key: String,
    pub r1: i64,
    pub r2: i64,
    pub r3: i64,
    pub r4: i64,
    pub r5: i64,
}

const LIST_BY_DAY: &str = "select metric, day, key, r1, r2, r3, r4, r5 from daily_counter where shop = $1 and \
    metric = $2 and span_days = 1 and (day > $3 or (day = $3 and key > $4)) and day < $5 order by day, key limit \
    $6";

/// The counts of one metric by day and key, after `(day, key)` (or after the whole day without a key) and before
/// `until`.
pub async fn by_day(
    db: &Db,
    shop: &ShopKey,
    what: Metric,
    (day, key): (i32, Option<&str>),
    until: i32,
    limit: i64,
) -> Result<Vec<DailyCounterRow>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_BY_DAY)
        .bind(shop.as_str())
        .bind(what.as_str())
        .bind(day)
        .bind(key)
        .bind(until)
        .bind(limit)
        .fetch_all(pool)
        .await)
}

/// Longer sums hold the keys of most days in few rows.
const LIST_NAMES: &str = "select distinct key from daily_counter where shop = $1 and metric = $2 and (span_days = 64 \
    or span_days = 8) union select distinct key from daily_counter where shop = $1 and metric = $2 and \
    span_days = 1 and day >= (select coalesce(max(until_day), 0) from counter_rollup where span_days = 8)";

pub async fn names(db: &Db, shop: &ShopKey, what: Metric) -> Result<Vec<String>, DbError> {
    on!(db, |pool| sqlx::query_scalar(LIST_NAMES)
        .bind(shop.as_str())
        .bind(what.as_str())
        .fetch_all(pool)
        .await)
}
