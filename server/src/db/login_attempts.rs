//! Failed logins, counted in the database so that every collector sees them and they survive a restart; and trusted
//! devices.

use crate::db::{Db, DbError, Tx};
use crate::{on, within};

const COUNT: &str = "select cast(coalesce(sum(failures), 0) as bigint) from login_attempt \
    where address_hash = $1 and quarter_hour >= $2";

pub async fn count(tx: &mut Tx, address_hash: &str, since_quarter: i64) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(address_hash)
        .bind(since_quarter)
        .fetch_one(&mut **c)
        .await)
}

const TAKE_BACK: &str = "update login_attempt set failures = failures - 1 \
    where address_hash = $1 and quarter_hour = $2 and failures > 0";

pub async fn take_back(tx: &mut Tx, address_hash: &str, quarter: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(TAKE_BACK).bind(address_hash).bind(quarter).execute(&mut **c).await.map(drop))
}

const RECORD: &str = "insert into login_attempt (address_hash, quarter_hour, failures) values ($1, $2, 1) \
    on conflict (address_hash, quarter_hour) do update set failures = login_attempt.failures + 1";
const DELETE_OLD: &str = "delete from login_attempt where quarter_hour < $1";

/// Also deletes counts from before `forget_before`.
pub async fn record(
    tx: &mut Tx,
    address_hash: &str,
    quarter: i64,
    forget_before: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OLD).bind(forget_before).execute(&mut **c).await.map(drop))?;
    within!(tx, |c| sqlx::query(RECORD).bind(address_hash).bind(quarter).execute(&mut **c).await.map(drop))
}

const FIND_DEVICE_OWNER: &str = "select o.email from trusted_device d join user_account o on o.user_id = d.user_id \
    where d.token_hash = $1 and d.created_at_ms > $2";

/// The address of the account that last signed in on this device after `since_ms`.
pub async fn find_device_owner(db: &Db, token_hash: &str, since_ms: i64) -> Result<Option<String>, DbError> {
    on!(db, |pool| sqlx::query_scalar(FIND_DEVICE_OWNER)
        .bind(token_hash)
        .bind(since_ms)
        .fetch_optional(pool)
        .await)
}

const INSERT_DEVICE: &str =
    "insert into trusted_device (token_hash, user_id, created_at_ms) values ($1, $2, $3)";
const DELETE_OLD_DEVICES: &str = "delete from trusted_device where created_at_ms <= $1";

/// Also deletes devices trusted before `forget_before_ms`.
pub async fn trust_device(
    tx: &mut Tx,
    token_hash: &str,
    owner: &str,
    now_ms: i64,
    forget_before_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OLD_DEVICES)
        .bind(forget_before_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    within!(tx, |c| sqlx::query(INSERT_DEVICE)
        .bind(token_hash)
        .bind(owner)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}
