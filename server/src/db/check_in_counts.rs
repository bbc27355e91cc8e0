//! How often visitors were asked unprompted, and how often they dismissed it.

use crate::db::bulk_json;
use crate::db::bulk_json::{BulkJson, many};
use crate::db::{Db, DbError, Tx};
use crate::domain::check_in::CheckInTotals;
use crate::{on, within};
use shared::ids::ShopKey;

const ADD_TOTALS: BulkJson = many!(
    "insert into check_in_count (shop, day, moment, shown, dismissed) select value ->> 0, \
     cast(value ->> 1 as integer), value ->> 2, cast(value ->> 3 as bigint), cast(value ->> 4 as bigint)",
    "on conflict (shop, day, moment) do update set shown = check_in_count.shown + excluded.shown, \
     dismissed = check_in_count.dismissed + excluded.dismissed"
);

/// Adds rows of shop, day, moment, shown and dismissed; each day at most once.
pub async fn add(
    tx: &mut Tx,
    rows: impl IntoIterator<Item = (String, i32, &'static str, i64, i64)>,
) -> Result<(), DbError> {
    let text = ADD_TOTALS.text(tx);
    let rows = bulk_json::list(rows)?;
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}

const SUM_TOTALS: &str = "select cast(coalesce(sum(shown), 0) as bigint), cast(coalesce(sum(dismissed), 0) as bigint) \
    from check_in_count where shop = $1 and day >= $2 and day < $3";

pub async fn total(db: &Db, shop: &ShopKey, (first, until): (i32, i32)) -> Result<CheckInTotals, DbError> {
    let (shown, dismissed) = on!(db, |pool| sqlx::query_as(SUM_TOTALS)
        .bind(shop.as_str())
        .bind(first)
        .bind(until)
        .fetch_one(pool)
        .await)?;
    Ok(CheckInTotals { shown, dismissed })
}
