use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

const LIST_DUE: &str = "select shop, weekly_mail_due_at_ms from shop where weekly_mail_due_at_ms is null or \
    weekly_mail_due_at_ms <= $1 order by weekly_mail_due_at_ms, shop limit $2";

/// Shops whose weekly mail is due or was never scheduled, and when it was due: Unix milliseconds, UTC.
pub async fn list_due(db: &Db, now_ms: i64, limit: i64) -> Result<Vec<(ShopKey, Option<i64>)>, DbError> {
    let rows: Vec<(String, Option<i64>)> =
        on!(db, |pool| sqlx::query_as(LIST_DUE).bind(now_ms).bind(limit).fetch_all(pool).await)?;
    let parsed = |(key, at_ms): (String, Option<i64>)| {
        Ok((ShopKey::parse(&key).map_err(|e| DbError::Decode(Box::new(e)))?, at_ms))
    };
    rows.into_iter().map(parsed).collect()
}

const RESCHEDULE: &str =
    "update shop set weekly_mail_due_at_ms = $3 where shop = $1 and coalesce(weekly_mail_due_at_ms, -1) = $2";

/// `false` if another collector has rescheduled it already.
pub async fn reschedule(
    tx: &mut Tx,
    shop: &ShopKey,
    was_ms: Option<i64>,
    next_ms: i64,
) -> Result<bool, DbError> {
    let moved = within!(tx, |c| sqlx::query(RESCHEDULE)
        .bind(shop.as_str())
        .bind(was_ms.unwrap_or(-1))
        .bind(next_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(moved == 1)
}

const CLEAR_DUE_TIMES: &str = "update shop set weekly_mail_due_at_ms = null";

/// After a restore: this week's mail may have been sent already.
pub async fn clear_due_times(tx: &mut Tx) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(CLEAR_DUE_TIMES).execute(&mut **c).await.map(drop))
}
