//! Who was asked to join the people of a shop, by the hash of what their link holds.

use crate::db::{Db, DbError, Tx};
use crate::domain::role::Role;
use crate::{on, within};
use shared::ids::ShopKey;

/// An invitation that nobody has taken up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The hash of its secret; also its name.
    pub token_hash: String,
    /// Whom it is for; empty for whoever has the link.
    pub email: String,
    /// What they may do then.
    pub role: Role,
    /// Who invited them.
    pub invited_by: String,
    /// When: Unix milliseconds, UTC.
    pub created_at_ms: i64,
    /// Until when.
    pub expires_at_ms: i64,
}

const ADD: &str = "insert into invitation (shop, token_hash, email, role, invited_by, created_at_ms, expires_at_ms) \
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (shop, token_hash) do nothing";
const SWEEP: &str =
    "delete from invitation where shop = $1 and (expires_at_ms <= $2 or used_at_ms is not null)";

/// Adds an invitation, and forgets those that are over; `false` if it is there already.
pub async fn insert(tx: &mut Tx, shop: &ShopKey, it: &Invitation) -> Result<bool, DbError> {
    within!(tx, |c| sqlx::query(SWEEP)
        .bind(shop.as_str())
        .bind(it.created_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let added = within!(tx, |c| sqlx::query(ADD)
        .bind(shop.as_str())
        .bind(&it.token_hash)
        .bind(&it.email)
        .bind(it.role.as_str())
        .bind(&it.invited_by)
        .bind(it.created_at_ms)
        .bind(it.expires_at_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

type InvitationRow = (String, String, String, String, i64, i64);

fn invitation(
    (token_hash, email, role, invited_by, created_at_ms, expires_at_ms): InvitationRow,
) -> Invitation {
    // A word that we do not know gives no right that is not known.
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

const OPEN: &str = select!("order by created_at_ms, token_hash");

/// The invitations of a shop that can still be taken up, the oldest first.
pub async fn list_open(db: &Db, shop: &ShopKey, now_ms: i64) -> Result<Vec<Invitation>, DbError> {
    let rows: Vec<InvitationRow> =
        on!(db, |pool| sqlx::query_as(OPEN).bind(shop.as_str()).bind(now_ms).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(invitation).collect())
}

const FIND: &str = select!("and (token_hash = $3 or (mail_hash = $3 and mail_hash <> ''))");

/// The invitation with this secret, by its hash, if it can still be taken up.
pub async fn find(db: &Db, shop: &ShopKey, hash: &str, now_ms: i64) -> Result<Option<Invitation>, DbError> {
    let row: Option<InvitationRow> = on!(db, |pool| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(now_ms)
        .bind(hash)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(invitation))
}

const FOR_MAIL: &str = "update invitation set mail_hash = $3 where shop = $1 and token_hash = $2";

/// Gives an invitation a second secret, whose link goes out by e-mail: the first was shown once and is kept nowhere. `false`
/// if there is no such invitation any more.
pub async fn for_mail(
    tx: &mut Tx,
    shop: &ShopKey,
    token_hash: &str,
    mail_hash: &str,
) -> Result<bool, DbError> {
    let changed = within!(tx, |c| sqlx::query(FOR_MAIL)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(mail_hash)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

const USE_UP: &str = "update invitation set used_at_ms = $3 \
    where shop = $1 and token_hash = $2 and used_at_ms is null and expires_at_ms > $3";

/// Uses an invitation up; `false` if somebody else was quicker or it is over.
pub async fn consume(tx: &mut Tx, shop: &ShopKey, token_hash: &str, now_ms: i64) -> Result<bool, DbError> {
    let used = within!(tx, |c| sqlx::query(USE_UP)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

const TAKE_BACK: &str = "delete from invitation where shop = $1 and token_hash = $2 and used_at_ms is null";

/// Takes an invitation back.
pub async fn revoke(tx: &mut Tx, shop: &ShopKey, token_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(TAKE_BACK)
        .bind(shop.as_str())
        .bind(token_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const TAKE_BACK_ALL: &str =
    "delete from invitation where shop = $1 and invited_by = $2 and used_at_ms is null";

/// Takes back every invitation that somebody made who may no longer invite.
pub async fn take_back_all_of(tx: &mut Tx, shop: &ShopKey, person: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(TAKE_BACK_ALL)
        .bind(shop.as_str())
        .bind(person)
        .execute(&mut **c)
        .await
        .map(drop))
}
