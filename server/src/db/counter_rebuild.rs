//! Rebuilds the counters from the rows, or compares them with the rows.

use crate::db::counters;
use crate::db::counters::{ByRating, CounterChanges, CounterKey, row};
use crate::db::{Db, DbError, Tx};
use crate::domain::counters::rollup;
use crate::domain::counters::rollup::{RollupMarks, SPANS};
use crate::domain::counters::{ConversationFacts, Metric, ResponseFacts};
use crate::within;
use shared::conversation::{Remedy, Stage};
use std::collections::BTreeMap;

const RESPONSES_PER_QUERY: i64 = 20_000;
const COUNTERS_IN_MEMORY_MAX: usize = 100_000;
const COUNTERS_PER_STATEMENT: usize = 2_000;

const LIST_RESPONSES: &str = "select r.id, r.day, r.rating, r.hour, r.moment, r.tracked_page, r.tracked_product, \
    r.device, r.language, r.comment <> '' as has_words, c.stage, c.answered_at_ms, c.answered_open_ms, \
    c.put_right_at_ms, c.opened_at_ms, c.asked_at_ms, c.remedy, c.cause from response r left join conversation c \
    on c.shop = r.shop and c.response = r.id where r.shop = $1 and r.id > $2 order by r.id limit $3";

#[derive(sqlx::FromRow)]
struct ResponseFactsRow {
    id: String,
    day: i32,
    rating: i32,
    hour: i32,
    moment: String,
    tracked_page: String,
    tracked_product: String,
    device: String,
    language: String,
    has_words: bool,
    stage: Option<String>,
    answered_at_ms: Option<i64>,
    answered_open_ms: Option<i64>,
    put_right_at_ms: Option<i64>,
    opened_at_ms: Option<i64>,
    asked_at_ms: Option<i64>,
    remedy: Option<String>,
    cause: Option<String>,
}

impl ResponseFactsRow {
    fn facts(self) -> ResponseFacts<'static> {
        let conversation = self.stage.as_deref().and_then(Stage::named).map(|stage| ConversationFacts {
            stage,
            was_answered: self.answered_at_ms.is_some(),
            first_reply_ms: self.answered_open_ms,
            put_right_in_ms: self.put_right_at_ms.zip(self.opened_at_ms).map(|(at, since)| at - since),
            was_asked: self.asked_at_ms.is_some(),
            remedy: self.remedy.as_deref().and_then(Remedy::named),
            cause: self.cause.unwrap_or_default(),
        });
        ResponseFacts {
            day: self.day,
            rating: u8::try_from(self.rating).unwrap_or_default(),
            hour: self.hour,
            moment: self.moment.into(),
            page: self.tracked_page.into(),
            product: self.tracked_product.into(),
            device: self.device.into(),
            language: self.language.into(),
            has_words: self.has_words,
            // Reasons are summed by `REASONS` instead.
            reasons: Vec::new(),
            conversation,
        }
    }
}

const SUM_REASONS: &str = "select r.day, p.reason, cast(sum(case when rating = 1 then 1 else 0 end) as bigint), \
    cast(sum(case when rating = 2 then 1 else 0 end) as bigint), \
    cast(sum(case when rating = 3 then 1 else 0 end) as bigint), \
    cast(sum(case when rating = 4 then 1 else 0 end) as bigint), \
    cast(sum(case when rating = 5 then 1 else 0 end) as bigint) \
    from response_reason p join response r on r.shop = p.shop and r.id = p.response \
    where p.shop = $1 group by r.day, p.reason";

/// `after` is the id of the last response read. `false` if there are no more.
async fn add_responses(
    tx: &mut Tx,
    shop: &str,
    after: &mut String,
    changes: &mut CounterChanges<'static>,
    response_count: &mut u64,
) -> Result<bool, DbError> {
    let rows: Vec<ResponseFactsRow> = within!(tx, |c| sqlx::query_as(LIST_RESPONSES)
        .bind(shop)
        .bind(after.as_str())
        .bind(RESPONSES_PER_QUERY)
        .fetch_all(&mut **c)
        .await)?;
    let Some(last) = rows.last() else { return Ok(false) };
    after.clone_from(&last.id);
    *response_count += rows.len() as u64;
    for row in rows {
        changes.add(shop.to_owned().into(), &row.facts(), 1);
    }
    Ok(true)
}

async fn add_reasons(tx: &mut Tx, shop: &str, changes: &mut CounterChanges<'static>) -> Result<(), DbError> {
    type RebuildRow = (i32, String, i64, i64, i64, i64, i64);
    let rows: Vec<RebuildRow> =
        within!(tx, |c| sqlx::query_as(SUM_REASONS).bind(shop).fetch_all(&mut **c).await)?;
    for (day, reason, r1, r2, r3, r4, r5) in rows {
        let counted =
            CounterKey { shop: shop.to_owned().into(), what: Metric::Reason, day, key: reason.into() };
        changes.sum(counted, &[r1, r2, r3, r4, r5]);
    }
    Ok(())
}

async fn shops(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    within!(tx, |c| sqlx::query_scalar("select shop from shop order by shop").fetch_all(&mut **c).await)
}

const LOCK_COUNTERS: &str = "lock table daily_counter in share row exclusive mode";

/// Returns the number of responses. Other changes of counters wait until it is done.
pub async fn rebuild(db: &Db, today: i32) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    if let Tx::Postgres(c) = &mut tx {
        sqlx::query(LOCK_COUNTERS).execute(&mut **c).await?;
    }
    counters::delete_all(&mut tx).await?;
    let marks = rollup::may_be_kept(today);
    for (span, until_day) in SPANS[1..].iter().zip(marks.0) {
        counters::set_mark(&mut tx, *span, until_day).await?;
    }
    let mut response_count = 0;
    for shop in shops(&mut tx).await? {
        let (mut after, mut counted) = (String::new(), CounterChanges::new());
        while add_responses(&mut tx, &shop, &mut after, &mut counted, &mut response_count).await? {
            // The counters of a large shop need not be in memory all at once.
            if counted.len() >= COUNTERS_IN_MEMORY_MAX {
                write_counters(&mut tx, &std::mem::take(&mut counted), marks).await?;
            }
        }
        add_reasons(&mut tx, &shop, &mut counted).await?;
        write_counters(&mut tx, &counted, marks).await?;
    }
    tx.commit().await?;
    Ok(response_count)
}

async fn write_counters(
    tx: &mut Tx,
    counted: &CounterChanges<'_>,
    marks: RollupMarks,
) -> Result<(), DbError> {
    let spans = counters::expand_to_spans(counted, marks);
    let rows: Vec<_> = spans.iter().map(|((span, counted), by)| row(counted, *span, by)).collect();
    for chunk in rows.chunks(COUNTERS_PER_STATEMENT) {
        counters::add(tx, chunk.iter().copied()).await?;
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterMismatch {
    /// Shop, metric, span, first day and key.
    pub count: (String, String, i32, i32, String),
    pub kept: ByRating,
    pub counted: ByRating,
}

type StoredCounterRow = (String, i32, i32, String, i64, i64, i64, i64, i64);

const LIST_STORED: &str =
    "select metric, span_days, day, key, r1, r2, r3, r4, r5 from daily_counter where shop = $1";

/// Compares shop by shop, in one transaction; changes nothing.
pub async fn check(db: &Db) -> Result<Vec<CounterMismatch>, DbError> {
    let mut tx = db.begin().await?;
    if let Tx::Postgres(c) = &mut tx {
        sqlx::query(LOCK_COUNTERS).execute(&mut **c).await?;
    }
    let marks = counters::marks_within(&mut tx).await?;
    let mut mismatches = Vec::new();
    for shop in shops(&mut tx).await? {
        let (mut after, mut counted, mut response_count) = (String::new(), CounterChanges::new(), 0);
        while add_responses(&mut tx, &shop, &mut after, &mut counted, &mut response_count).await? {}
        add_reasons(&mut tx, &shop, &mut counted).await?;
        let mut compared: BTreeMap<(String, i32, i32, String), (ByRating, ByRating)> = BTreeMap::new();
        for ((span, counted), by) in counters::expand_to_spans(&counted, marks) {
            let key = (counted.what.as_str().to_owned(), span, counted.day, counted.key.into_owned());
            compared.entry(key).or_default().1 = by;
        }
        let stored: Vec<StoredCounterRow> =
            within!(&mut tx, |c| sqlx::query_as(LIST_STORED).bind(&shop).fetch_all(&mut **c).await)?;
        for (what, span, day, key, r1, r2, r3, r4, r5) in stored {
            compared.entry((what, span, day, key)).or_default().0 = [r1, r2, r3, r4, r5];
        }
        let differ = compared.into_iter().filter(|(_, (kept, counted))| kept != counted);
        mismatches.extend(differ.map(|((what, span, day, key), (kept, counted))| CounterMismatch {
            count: (shop.clone(), what, span, day, key),
            kept,
            counted,
        }));
    }
    Ok(mismatches)
}

const LIST_MOST_NAMED: [&str; 2] = [
    "select page_path from response where shop = $1 and created_at_ms >= $2 and page_path <> '' \
     group by page_path order by count(*) desc, page_path limit $3",
    "select product from response where shop = $1 and created_at_ms >= $2 and product <> '' \
     group by product order by count(*) desc, product limit $3",
];
const REASSIGN_NAMES: [&str; 2] = [
    "update response set tracked_page = case when page_path = '' then '' when page_path in \
     (select value from named) then page_path else '*' end where shop = $2",
    "update response set tracked_product = case when product = '' then '' when product in \
     (select value from named) then product else '*' end where shop = $2",
];

/// Chooses again which pages and products have counters of their own: those named most since an instant. The counters
/// must be rebuilt afterwards.
pub async fn reassign_tracked_names(db: &Db, since_ms: i64, names_max: i64) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    for shop in shops(&mut tx).await? {
        for (most, reassign) in LIST_MOST_NAMED.into_iter().zip(REASSIGN_NAMES) {
            let names: Vec<String> = within!(&mut tx, |c| sqlx::query_scalar(most)
                .bind(&shop)
                .bind(since_ms)
                .bind(names_max)
                .fetch_all(&mut **c)
                .await)?;
            let list = crate::db::bulk_json::list(names)?;
            let from = match &tx {
                Tx::Sqlite(_) => "json_each($1)",
                Tx::Postgres(_) => "jsonb_array_elements_text($1::jsonb)",
            };
            let text = format!("with named as (select value from {from}) {reassign}");
            within!(&mut tx, |c| sqlx::query(sqlx::AssertSqlSafe(text.as_str()))
                .bind(list)
                .bind(&shop)
                .execute(&mut **c)
                .await
                .map(drop))?;
        }
    }
    tx.commit().await
}
