//! Invitations to join a shop, stored by the hash of their token.

use crate::db::users;
use crate::db::{Db, DbError, Tx};
use crate::domain::role::Role;
use crate::{on, within};
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub token_hash: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

impl Invitation {
    /// Whether a person with this e-mail address may accept it: everybody, where it names no address.
    pub fn is_for(&self, email: &str) -> bool {
        self.email.is_empty() || users::normalize_email(&self.email) == users::normalize_email(email)
    }
}

const INSERT: &str = "insert into invitation (shop, token_hash, email, role, invited_by, created_at_ms, expires_at_ms) \
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (shop, token_hash) do nothing";
const DELETE_OVER: &str =
    "delete from invitation where shop = $1 and (expires_at_ms <= $2 or used_at_ms is not null)";

/// Also deletes expired and used ones; `false` if it exists already.
pub async fn insert(tx: &mut Tx, shop: &ShopKey, invitation: &Invitation) -> Result<bool, DbError> {
    within!(tx, |c| sqlx::query(DELETE_OVER)
        .bind(shop.as_str())
        .bind(invitation.created_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let added = within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(&invitation.token_hash)
        .bind(&invitation.email)
        .bind(invitation.role.as_str())
        .bind(&invitation.invited_by)
        .bind(invitation.created_at_ms)
        .bind(invitation.expires_at_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

type InvitationRow = (String, String, String, String, i64, i64);

fn from_row(
    (token_hash, email, role, invited_by, created_at_ms, expires_at_ms): InvitationRow,
) -> Invitation {
    // An unknown role gets the fewest rights.
    let role = Role::named(&role).unwrap_or(Role::Reader);
    Invitation { token_hash, email, role, invited_by, created_at_ms, expires_at_ms }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select token_hash, email, role, invited_by, created_at_ms, expires_at_ms from invitation \
             where shop = $1 and used_at_ms is null and expires_at_ms > $2 ",
            $rest
        )
    };
}

const LIST_OPEN: &str = select!("order by created_at_ms, token_hash");

/// Oldest first.
pub async fn list_open(db: &Db, shop: &ShopKey, now_ms: i64) -> Result<Vec<Invitation>, DbError> {
    let rows: Vec<InvitationRow> =
        on!(db, |pool| sqlx::query_as(LIST_OPEN).bind(shop.as_str()).bind(now_ms).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(from_row).collect())
}

const FIND: &str = select!("and (token_hash = $3 or (mail_hash = $3 and mail_hash <> ''))");

pub async fn find(db: &Db, shop: &ShopKey, hash: &str, now_ms: i64) -> Result<Option<Invitation>, DbError> {
    let row: Option<InvitationRow> = on!(db, |pool| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(now_ms)
        .bind(hash)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(from_row))
}

const SET_MAIL_HASH: &str = "update invitation set mail_hash = $3 where shop = $1 and token_hash = $2";

/// Adds a second token, which goes out by e-mail: the first was shown once and is not stored. `false` if the
/// invitation is gone.
pub async fn set_mail_hash(
    tx: &mut Tx,
    shop: &ShopKey,
    token_hash: &str,
    mail_hash: &str,
) -> Result<bool, DbError> {
    let changed = within!(tx, |c| sqlx::query(SET_MAIL_HASH)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(mail_hash)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

const CONSUME: &str = "update invitation set used_at_ms = $3 \
    where shop = $1 and token_hash = $2 and used_at_ms is null and expires_at_ms > $3";

/// `false` if it was used before or has expired.
pub async fn consume(tx: &mut Tx, shop: &ShopKey, token_hash: &str, now_ms: i64) -> Result<bool, DbError> {
    let used = within!(tx, |c| sqlx::query(CONSUME)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

const REVOKE: &str = "delete from invitation where shop = $1 and token_hash = $2 and used_at_ms is null";

pub async fn revoke(tx: &mut Tx, shop: &ShopKey, token_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(REVOKE)
        .bind(shop.as_str())
        .bind(token_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const REVOKE_ALL: &str = "delete from invitation where shop = $1 and invited_by = $2 and used_at_ms is null";

/// For a member who may no longer invite.
pub async fn revoke_all_by(tx: &mut Tx, shop: &ShopKey, person: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(REVOKE_ALL)
        .bind(shop.as_str())
        .bind(person)
        .execute(&mut **c)
        .await
        .map(drop))
}
