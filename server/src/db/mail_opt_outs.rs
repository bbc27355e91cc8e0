//! Addresses that want no more e-mail from a shop, stored as hashes.

use crate::db::{Db, DbError, Tx, users};
use crate::security::secret_hash;
use crate::{on, within};
use shared::ids::ShopKey;
use shared::string_enum;

string_enum! {
    MailOptOut {
        /// Questions such as "is it okay now?". Replies to the visitor's own messages are still sent.
        Questions = "questions",
        Anything = "everything",
    }
}

fn hash(address: &str) -> String {
    secret_hash::hash_token(&users::normalize_email(address))
}

const FIND: &str =
    "select scope from mail_opt_out where shop = $1 and address_hash = $2 order by scope limit 1";

/// The wider scope if there are two.
pub async fn find(db: &Db, shop: &ShopKey, address: &str) -> Result<Option<MailOptOut>, DbError> {
    let scope: Option<String> = on!(db, |pool| sqlx::query_scalar(FIND)
        .bind(shop.as_str())
        .bind(hash(address))
        .fetch_optional(pool)
        .await)?;
    Ok(scope.and_then(|scope| MailOptOut::named(&scope)))
}

const DELETE: &str = "delete from mail_opt_out where shop = $1 and address_hash = $2";
const INSERT: &str =
    "insert into mail_opt_out (shop, address_hash, scope, created_at_ms) values ($1, $2, $3, $4)";

/// Replaces what was set before; `None` allows all mail again.
pub async fn set(
    tx: &mut Tx,
    shop: &ShopKey,
    address: &str,
    scope: Option<MailOptOut>,
    now_ms: i64,
) -> Result<(), DbError> {
    let hash = hash(address);
    within!(tx, |c| sqlx::query(DELETE).bind(shop.as_str()).bind(&hash).execute(&mut **c).await.map(drop))?;
    let Some(scope) = scope else { return Ok(()) };
    within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(&hash)
        .bind(scope.as_str())
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}
