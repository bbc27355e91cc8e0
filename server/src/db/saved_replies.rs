//! Texts that a shop uses often, to begin a reply with.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

/// A longer list is slower to look through than to write.
pub const SAVED_MAX: i64 = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    pub id: String,
    pub title: String,
    pub words: String,
}

const LIST: &str = "select reply, title, words from saved_reply where shop = $1 order by position, reply";

/// In the order in which they were added.
pub async fn list(db: &Db, shop: &ShopKey) -> Result<Vec<SavedReply>, DbError> {
    let rows: Vec<(String, String, String)> =
        on!(db, |pool| sqlx::query_as(LIST).bind(shop.as_str()).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(|(id, title, words)| SavedReply { id, title, words }).collect())
}

const COUNT_OTHERS: &str = "select cast(count(*) as bigint) from saved_reply where shop = $1 and reply <> $2";
const UPSERT: &str = "insert into saved_reply (shop, reply, title, words, position) values ($1, $2, $3, $4, \
    (select coalesce(max(position), 0) + 1 from saved_reply where shop = $1)) \
    on conflict (shop, reply) do update set title = excluded.title, words = excluded.words";

/// New ones go to the end; `false` if the shop has [`SAVED_MAX`] others.
pub async fn save(tx: &mut Tx, shop: &ShopKey, saved_reply: &SavedReply) -> Result<bool, DbError> {
    let others: i64 = within!(tx, |c| sqlx::query_scalar(COUNT_OTHERS)
        .bind(shop.as_str())
        .bind(&saved_reply.id)
        .fetch_one(&mut **c)
        .await)?;
    if others >= SAVED_MAX {
        return Ok(false);
    }
    within!(tx, |c| sqlx::query(UPSERT)
        .bind(shop.as_str())
        .bind(&saved_reply.id)
        .bind(&saved_reply.title)
        .bind(&saved_reply.words)
        .execute(&mut **c)
        .await
        .map(drop))?;
    Ok(true)
}

const DELETE: &str = "delete from saved_reply where shop = $1 and reply = $2";

pub async fn remove(tx: &mut Tx, shop: &ShopKey, id: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE).bind(shop.as_str()).bind(id).execute(&mut **c).await.map(drop))
}
