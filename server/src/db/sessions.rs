//! Sessions, and one-time links that sign in.

use crate::db::users::Owner;
use crate::db::{Db, DbError, Tx};
use crate::{on, within};

const INSERT: &str =
    "insert into session (token_hash, user_id, created_at_ms, seen_at_ms) values ($1, $2, $3, $3)";

pub async fn insert(tx: &mut Tx, token_hash: &str, owner: &str, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT)
        .bind(token_hash)
        .bind(owner)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const FIND: &str = "select o.user_id, o.email, o.name, s.seen_at_ms from session s join user_account o on \
    o.user_id = s.user_id where s.token_hash = $1 and s.created_at_ms > $2 and s.seen_at_ms > $3";

/// With the instant the session was last seen, unless it is older than the limits.
pub async fn find(
    db: &Db,
    token_hash: &str,
    created_after_ms: i64,
    seen_after_ms: i64,
) -> Result<Option<(Owner, i64)>, DbError> {
    let row: Option<(String, String, String, i64)> = on!(db, |pool| sqlx::query_as(FIND)
        .bind(token_hash)
        .bind(created_after_ms)
        .bind(seen_after_ms)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(|(id, email, name, seen_at_ms)| (Owner { id, email, name }, seen_at_ms)))
}

const TOUCH: &str = "update session set seen_at_ms = $2 where token_hash = $1";

pub async fn touch(tx: &mut Tx, token_hash: &str, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(TOUCH).bind(token_hash).bind(now_ms).execute(&mut **c).await.map(drop))
}

const DELETE: &str = "delete from session where token_hash = $1";

pub async fn delete(tx: &mut Tx, token_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE).bind(token_hash).execute(&mut **c).await.map(drop))
}

const DELETE_OTHERS: &str = "delete from session where user_id = $1 and token_hash <> $2";

pub async fn delete_others(tx: &mut Tx, owner: &str, but_token_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OTHERS)
        .bind(owner)
        .bind(but_token_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE_EXPIRED: &str = "delete from session where created_at_ms <= $1 or seen_at_ms <= $2";

pub async fn delete_expired(tx: &mut Tx, created_before_ms: i64, seen_before_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_EXPIRED)
        .bind(created_before_ms)
        .bind(seen_before_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const INSERT_LINK: &str =
    "insert into one_time_link (token_hash, user_id, created_at_ms, expires_at_ms) values ($1, $2, $3, $4)";

/// With an owner it signs them in; without one it opens the first-run page.
pub async fn insert_one_time_link(
    tx: &mut Tx,
    token_hash: &str,
    owner: Option<&str>,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT_LINK)
        .bind(token_hash)
        .bind(owner)
        .bind(now_ms)
        .bind(expires_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const FIND_LINK: &str =
    "select user_id from one_time_link where token_hash = $1 and used_at_ms is null and expires_at_ms > $2";

/// `None` for no such link, `Some(None)` for the first run, `Some(Some(owner))` for an owner.
pub async fn find_one_time_link(
    db: &Db,
    token_hash: &str,
    now_ms: i64,
) -> Result<Option<Option<String>>, DbError> {
    on!(db, |pool| sqlx::query_scalar(FIND_LINK).bind(token_hash).bind(now_ms).fetch_optional(pool).await)
}

const CONSUME_LINK: &str = "update one_time_link set used_at_ms = $2 \
    where token_hash = $1 and used_at_ms is null and expires_at_ms > $2";

/// `false` if it was used before or has expired.
pub async fn consume_one_time_link(tx: &mut Tx, token_hash: &str, now_ms: i64) -> Result<bool, DbError> {
    let used = within!(tx, |c| sqlx::query(CONSUME_LINK)
        .bind(token_hash)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}
