//! Counts that are kept, not computed: changed in the transaction that changes what they count.

use super::{DbError, Tx};
use crate::within;
use shared::ids::ShopKey;
use std::collections::BTreeMap;

/// What is counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// Whose.
    pub shop: ShopKey,
    /// The shop's own day, counted from 1970-01-01.
    pub day: i32,
    /// [`shared::moment::Moment`].
    pub moment: &'static str,
    /// 1 to 5, 5 best.
    pub rating: u8,
}

/// By how much counts change. Sorted, so that two writers touch the rows in the same order and cannot wait for each
/// other.
pub type Changes = BTreeMap<Counted, i64>;

const ADD: &str = "insert into response_count (shop, day, moment, rating, responses) values ($1, $2, $3, $4, $5) \
    on conflict (shop, day, moment, rating) do update set responses = response_count.responses + excluded.responses";

/// Changes the counts.
///
/// # Errors
/// When the database does not do it.
pub async fn change(tx: &mut Tx, changes: &Changes) -> Result<(), DbError> {
    for (counted, by) in changes.iter().filter(|(_, by)| **by != 0) {
        within!(tx, |c| sqlx::query(ADD)
            .bind(counted.shop.as_str())
            .bind(counted.day)
            .bind(counted.moment)
            .bind(i32::from(counted.rating))
            .bind(*by)
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    Ok(())
}
