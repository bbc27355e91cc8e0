//! Counts that are kept, not computed: changed in the transaction that changes what they count.

use super::many::{self, Many, many};
use super::{DbError, Tx};
use crate::within;
use shared::ids::ShopKey;
use std::collections::BTreeMap;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted<'a> {
    /// Whose.
    pub shop: &'a ShopKey,
    /// The shop's own day, counted from 1970-01-01.
    pub day: i32,
    /// [`shared::moment::Moment`].
    pub moment: &'static str,
    /// 1 to 5, 5 best.
    pub rating: u8,
}

/// By how much counts change. Sorted, so that two writers touch the rows in the same order and cannot wait for each
/// other.
pub type Changes<'a> = BTreeMap<Counted<'a>, i64>;

const ADD: Many = many!(
    "insert into response_count (shop, day, moment, rating, responses) select value ->> 0, \
     cast(value ->> 1 as integer), value ->> 2, cast(value ->> 3 as integer), cast(value ->> 4 as bigint)",
    "on conflict (shop, day, moment, rating) do update set responses = response_count.responses + excluded.responses"
);

/// Changes the counts.
///
/// # Errors
/// When the database does not do it.
pub async fn change(tx: &mut Tx, changes: &Changes<'_>) -> Result<(), DbError> {
    let rows = rows(changes);
    if rows.is_empty() {
        return Ok(());
    }
    let text = ADD.text(tx);
    let rows = many::list(rows)?;
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}

type Row<'a> = (&'a str, i32, &'a str, u8, i64);

fn rows<'a>(changes: &'a Changes<'_>) -> Vec<Row<'a>> {
    let changed = changes.iter().filter(|(_, by)| **by != 0);
    changed.map(|(c, by)| (c.shop.as_str(), c.day, c.moment, c.rating, *by)).collect()
}
