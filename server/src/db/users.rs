use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub id: String,
    pub email: String,
    pub name: String,
}

/// The form in which an address is stored: users type it in more than one way.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

const INSERT: &str = "insert into user_account (user_id, email, name, password_hash, created_at_ms) \
    values ($1, $2, $3, $4, $5) on conflict (email) do nothing";

/// `false` if the address has an account already.
pub async fn insert(tx: &mut Tx, owner: &Owner, password_hash: &str, now_ms: i64) -> Result<bool, DbError> {
    let added = within!(tx, |c| sqlx::query(INSERT)
        .bind(&owner.id)
        .bind(normalize_email(&owner.email))
        .bind(&owner.name)
        .bind(password_hash)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

const FIND_BY_EMAIL: &str = "select user_id, email, name, password_hash from user_account where email = $1";

/// With the hash of the password.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<(Owner, String)>, DbError> {
    let row: Option<(String, String, String, String)> = on!(db, |pool| sqlx::query_as(FIND_BY_EMAIL)
        .bind(normalize_email(email))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(|(id, email, name, hash)| (Owner { id, email, name }, hash)))
}

const SET_PASSWORD: &str = "update user_account set password_hash = $2 where user_id = $1";

pub async fn set_password(tx: &mut Tx, owner: &str, password_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(SET_PASSWORD)
        .bind(owner)
        .bind(password_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const COUNT: &str = "select cast(count(*) as bigint) from user_account";

pub async fn count(db: &Db) -> Result<i64, DbError> {
    on!(db, |pool| sqlx::query_scalar(COUNT).fetch_one(pool).await)
}

pub async fn count_within(tx: &mut Tx) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(COUNT).fetch_one(&mut **c).await)
}

const INSERT_MEMBER: &str =
    "insert into shop_member (shop, user_id) values ($1, $2) on conflict (shop, user_id) do nothing";

pub async fn insert_member(tx: &mut Tx, key: &ShopKey, owner: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT_MEMBER)
        .bind(key.as_str())
        .bind(owner)
        .execute(&mut **c)
        .await
        .map(drop))
}

const LIST_ALERT_RECIPIENTS: &str = "select o.user_id, o.email from shop_member s join user_account o on \
    o.user_id = s.user_id where s.shop = $1 and s.alerts and s.role in ('owner', 'staff') order by \
    o.created_at_ms, o.user_id";

/// Ids and addresses of members who want mail about complaints.
pub async fn list_alert_recipients(tx: &mut Tx, shop: &ShopKey) -> Result<Vec<(String, String)>, DbError> {
    within!(tx, |c| sqlx::query_as(LIST_ALERT_RECIPIENTS).bind(shop.as_str()).fetch_all(&mut **c).await)
}

const LIST_SHOPS_WITHOUT_MEMBERS: &str = "select s.shop from shop s where not exists \
    (select 1 from shop_member o where o.shop = s.shop) order by s.created_at_ms, s.shop";

pub async fn list_shops_without_members(db: &Db) -> Result<Vec<ShopKey>, DbError> {
    let keys: Vec<String> =
        on!(db, |pool| sqlx::query_scalar(LIST_SHOPS_WITHOUT_MEMBERS).fetch_all(pool).await)?;
    keys.iter().map(|k| ShopKey::parse(k).map_err(|e| DbError::Decode(Box::new(e)))).collect()
}

const LIST_FIRST_TWO: &str = "select user_id, email, name from user_account order by created_at_ms limit 2";

pub async fn find_only(db: &Db) -> Result<Option<Owner>, DbError> {
    let mut rows: Vec<(String, String, String)> =
        on!(db, |pool| sqlx::query_as(LIST_FIRST_TWO).fetch_all(pool).await)?;
    let one = if rows.len() == 1 { rows.pop() } else { None };
    Ok(one.map(|(id, email, name)| Owner { id, email, name }))
}
