//! Taking everything that a visitor said out of the database, in one transaction.

use crate::db::counters::CounterChanges;
use crate::db::{DbError, Tx, full_text_search, response_facts, responses};
use crate::within;
use shared::ids::{ResponseId, ShopKey};

/// What hangs on a response, each after what hangs on it.
const WHAT_HANGS_ON_IT: [&str; 6] = [
    "delete from mail where shop = $1 and response = $2",
    "delete from presence where shop = $1 and response = $2",
    "delete from message where shop = $1 and response = $2",
    "delete from conversation where shop = $1 and response = $2",
    "delete from visitor_key where shop = $1 and response = $2",
    "delete from response_reason where shop = $1 and response = $2",
];

/// Erases a response and everything that hangs on it, and says what that changes in the counts; `false` if it was not there.
pub async fn erase<'a>(
    tx: &mut Tx,
    shop: &'a ShopKey,
    id: &ResponseId,
    changes: &mut CounterChanges<'a>,
) -> Result<bool, DbError> {
    // Locks it where there are several writers: whoever is about to begin a conversation on it is waited for, or finds nothing.
    if responses::find(tx, shop, id).await?.is_none() {
        return Ok(false);
    }
    let Some(kept) = response_facts::load(tx, shop, id).await? else { return Ok(false) };
    // Before the conversation, which says where its words stand.
    full_text_search::delete(tx, shop, id).await?;
    for text in WHAT_HANGS_ON_IT.into_iter().chain(["delete from response where shop = $1 and id = $2"]) {
        within!(tx, |c| sqlx::query(text)
            .bind(shop.as_str())
            .bind(id.as_str())
            .execute(&mut **c)
            .await
            .map(drop))?;
    }
    changes.add(shop.as_str().into(), &kept, -1);
    Ok(true)
}
