//! Changes a shop made, shown as markers in its reports.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

pub const MARKERS_MAX: i64 = 200;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeMarker {
    #[sqlx(rename = "marker")]
    pub id: String,
    /// The shop's own day, counted from 1970-01-01.
    pub day: i32,
    /// Code of the cause that the change was meant to stop; empty for anything else.
    pub cause: String,
    pub words: String,
}

const LIST_BETWEEN: &str = "select marker, day, cause, words from change_marker where shop = $1 and day >= $2 and day < $3 \
    order by day desc, marker limit $4";

/// The newest markers from `first` to before `until`.
pub async fn list_between(
    db: &Db,
    shop: &ShopKey,
    (first, until): (i32, i32),
    limit: i64,
) -> Result<Vec<ChangeMarker>, DbError> {
    on!(db, |pool| sqlx::query_as(LIST_BETWEEN)
        .bind(shop.as_str())
        .bind(first)
        .bind(until)
        .bind(limit)
        .fetch_all(pool)
        .await)
}

const FIND: &str = "select marker, day, cause, words from change_marker where shop = $1 and marker = $2";

pub async fn find(db: &Db, shop: &ShopKey, id: &str) -> Result<Option<ChangeMarker>, DbError> {
    on!(db, |pool| sqlx::query_as(FIND).bind(shop.as_str()).bind(id).fetch_optional(pool).await)
}

const COUNT: &str = "select cast(count(*) as bigint) from change_marker where shop = $1";
const INSERT: &str = "insert into change_marker (shop, marker, day, cause, words, person, created_at_ms) \
    values ($1, $2, $3, $4, $5, $6, $7)";

/// `false` if the shop has [`MARKERS_MAX`] already.
pub async fn insert(
    tx: &mut Tx,
    shop: &ShopKey,
    marker: &ChangeMarker,
    person: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    let count: i64 =
        within!(tx, |c| sqlx::query_scalar(COUNT).bind(shop.as_str()).fetch_one(&mut **c).await)?;
    if count >= MARKERS_MAX {
        return Ok(false);
    }
    within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(&marker.id)
        .bind(marker.day)
        .bind(&marker.cause)
        .bind(&marker.words)
        .bind(person)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    Ok(true)
}

pub async fn remove(tx: &mut Tx, shop: &ShopKey, id: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query("delete from change_marker where shop = $1 and marker = $2")
        .bind(shop.as_str())
        .bind(id)
        .execute(&mut **c)
        .await
        .map(drop))
}
