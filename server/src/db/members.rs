//! Members of a shop.

use crate::db::{Db, DbError, Tx};
use crate::domain::role::Role;
use crate::{on, within};
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Hash of the photo; empty for initials.
    pub photo: String,
    /// BCP 47 tag of the language of mail to this member.
    pub language: String,
    /// Whether complaints are mailed to this member.
    pub is_told: bool,
    pub gets_weekly: bool,
}

type MemberRow = (String, String, String, String, String, String, bool, bool);

fn from_row((id, email, name, role, photo, language, is_told, gets_weekly): MemberRow) -> Member {
    // An unknown role gets the fewest rights.
    let role = Role::named(&role).unwrap_or(Role::Reader);
    Member { id, email, name, role, photo, language, is_told, gets_weekly }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select o.user_id, o.email, o.name, s.role, o.photo, o.language, s.alerts, s.weekly_mail from \
             shop_member s join user_account o on o.user_id = s.user_id where s.shop = $1 ",
            $rest
        )
    };
}

const LIST: &str = select!("order by o.created_at_ms, o.user_id");

pub async fn list(db: &Db, shop: &ShopKey) -> Result<Vec<Member>, DbError> {
    let rows: Vec<MemberRow> =
        on!(db, |pool| sqlx::query_as(LIST).bind(shop.as_str()).fetch_all(pool).await)?;
    Ok(rows.into_iter().map(from_row).collect())
}

const FIND: &str = select!("and s.user_id = $2");

pub async fn find(db: &Db, shop: &ShopKey, id: &str) -> Result<Option<Member>, DbError> {
    let row: Option<MemberRow> =
        on!(db, |pool| sqlx::query_as(FIND).bind(shop.as_str()).bind(id).fetch_optional(pool).await)?;
    Ok(row.map(from_row))
}

const INSERT: &str = "insert into shop_member (shop, user_id, role) values ($1, $2, $3) on conflict (shop, \
    user_id) do nothing";

/// `false` if the user is a member already; then nothing changes.
pub async fn insert(tx: &mut Tx, shop: &ShopKey, id: &str, role: Role) -> Result<bool, DbError> {
    let joined = within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.as_str())
        .bind(id)
        .bind(role.as_str())
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(joined == 1)
}

const LIST_OWNERS: &str =
    "select user_id from shop_member where shop = $1 and role = 'owner' order by user_id";
/// Two owners who demote each other at the same moment must not both succeed.
const LIST_OWNERS_FOR_UPDATE: &str =
    "select user_id from shop_member where shop = $1 and role = 'owner' order by user_id for update";

/// The owners, locked until this transaction ends.
pub async fn list_owners_for_update(tx: &mut Tx, shop: &ShopKey) -> Result<Vec<String>, DbError> {
    let text = match tx {
        Tx::Sqlite(_) => LIST_OWNERS,
        Tx::Postgres(_) => LIST_OWNERS_FOR_UPDATE,
    };
    within!(tx, |c| sqlx::query_scalar(text).bind(shop.as_str()).fetch_all(&mut **c).await)
}

const SET_ROLE: &str = "update shop_member set role = $3 where shop = $1 and user_id = $2";

/// `false` if the user is no member.
pub async fn set_role(tx: &mut Tx, shop: &ShopKey, id: &str, role: Role) -> Result<bool, DbError> {
    let changed = within!(tx, |c| sqlx::query(SET_ROLE)
        .bind(shop.as_str())
        .bind(id)
        .bind(role.as_str())
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

const SET_MAIL: &str =
    "update shop_member set alerts = $3, weekly_mail = $4 where shop = $1 and user_id = $2";

pub async fn set_mail(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &str,
    is_told: bool,
    gets_weekly: bool,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(SET_MAIL)
        .bind(shop.as_str())
        .bind(id)
        .bind(is_told)
        .bind(gets_weekly)
        .execute(&mut **c)
        .await
        .map(drop))
}

const SET_WEEKLY: &str = "update shop_member set weekly_mail = $3 where shop = $1 and user_id = $2";

pub async fn set_weekly(tx: &mut Tx, shop: &ShopKey, id: &str, gets_weekly: bool) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(SET_WEEKLY)
        .bind(shop.as_str())
        .bind(id)
        .bind(gets_weekly)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE: &str = "delete from shop_member where shop = $1 and user_id = $2";
const DELETE_PRESENCE: &str = "delete from presence where shop = $1 and person = $2";

/// `false` if the user was no member.
pub async fn remove(tx: &mut Tx, shop: &ShopKey, id: &str) -> Result<bool, DbError> {
    within!(tx, |c| sqlx::query(DELETE_PRESENCE)
        .bind(shop.as_str())
        .bind(id)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let removed = within!(tx, |c| sqlx::query(DELETE)
        .bind(shop.as_str())
        .bind(id)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

const UPDATE_USER: &str = "update user_account set name = $2, language = $3, photo = $4 where user_id = $1";

pub async fn update_user(
    tx: &mut Tx,
    id: &str,
    name: &str,
    language: &str,
    photo: &str,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(UPDATE_USER)
        .bind(id)
        .bind(name)
        .bind(language)
        .bind(photo)
        .execute(&mut **c)
        .await
        .map(drop))
}
