//! Erases everything a visitor sent, in one transaction.

use crate::db::counters::CounterChanges;
use crate::db::{DbError, Tx, full_text_search, response_facts, responses};
use crate::within;
use shared::ids::{ResponseId, ShopKey};

/// Rows that refer to a response, each before the rows it refers to itself.
const DELETE_DEPENDENT_ROWS: [&str; 6] = [
    "delete from mail where shop = $1 and response = $2",
    "delete from presence where shop = $1 and response = $2",
    "delete from message where shop = $1 and response = $2",
    "delete from conversation where shop = $1 and response = $2",
    "delete from visitor_key where shop = $1 and response = $2",
    "delete from response_reason where shop = $1 and response = $2",
];

/// Adds to `changes` what the counters lose; `false` if there is no such response.
pub async fn erase<'a>(
    tx: &mut Tx,
    shop: &'a ShopKey,
    id: &ResponseId,
    changes: &mut CounterChanges<'a>,
) -> Result<bool, DbError> {
    // This locks the row in PostgreSQL: a transaction that is about to open a conversation on it is waited for, or
    // finds nothing.
    if responses::find(tx, shop, id).await?.is_none() {
        return Ok(false);
    }
    let Some(facts) = response_facts::load(tx, shop, id).await? else { return Ok(false) };
    // Before the conversation is deleted, which holds the row number in the index.
    full_text_search::delete(tx, shop, id).await?;
    for text in DELETE_DEPENDENT_ROWS.into_iter().chain(["delete from response where shop = $1 and id = $2"])
    {
        within!(tx, |c| sqlx::query(text)
            .bind(shop.as_str())
            .bind(id.as_str())
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    changes.add(shop.as_str().into(), &facts, -1);
    Ok(true)
}
