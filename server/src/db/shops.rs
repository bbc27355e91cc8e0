use crate::db::{Db, DbError, Tx};
use crate::domain::allowed_origin::OriginRule;
use crate::domain::role::Role;
use crate::domain::shop_settings::ShopSettings;
use crate::{on, within};
use shared::ids::ShopKey;

#[derive(Debug, Clone)]
pub struct Shop {
    pub key: ShopKey,
    pub name: String,
    pub settings: ShopSettings,
    pub created_at_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopOrigin {
    pub origin: OriginRule,
    pub seen_at_ms: Option<i64>,
}

type ShopRow = (String, String, String, i64);

fn shop(row: ShopRow) -> Result<Shop, DbError> {
    let (key, name, settings, created_at_ms) = row;
    let settings = serde_json::from_str(&settings).map_err(|e| DbError::Decode(Box::new(e)))?;
    let key = ShopKey::parse(&key).map_err(|e| DbError::Decode(Box::new(e)))?;
    Ok(Shop { key, name, settings, created_at_ms })
}

const INSERT: &str = "insert into shop (shop, name, settings, created_at_ms) values ($1, $2, $3, $4)";

pub async fn insert(tx: &mut Tx, shop: &Shop) -> Result<(), DbError> {
    let settings = json(&shop.settings)?;
    within!(tx, |c| sqlx::query(INSERT)
        .bind(shop.key.as_str())
        .bind(&shop.name)
        .bind(&settings)
        .bind(shop.created_at_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

fn json(settings: &ShopSettings) -> Result<String, DbError> {
    serde_json::to_string(settings).map_err(|e| DbError::Encode(Box::new(e)))
}

const FIND: &str = "select shop, name, settings, created_at_ms from shop where shop = $1";

pub async fn find(db: &Db, key: &ShopKey) -> Result<Option<Shop>, DbError> {
    let row: Option<ShopRow> =
        on!(db, |pool| sqlx::query_as(FIND).bind(key.as_str()).fetch_optional(pool).await)?;
    row.map(shop).transpose()
}

const LIST: &str = "select shop, name, settings, created_at_ms from shop order by created_at_ms, shop";

/// For the command line, never for an owner.
pub async fn list(db: &Db) -> Result<Vec<Shop>, DbError> {
    let rows: Vec<ShopRow> = on!(db, |pool| sqlx::query_as(LIST).fetch_all(pool).await)?;
    rows.into_iter().map(shop).collect()
}

const LIST_BY_USER: &str = "select s.shop, s.name, s.settings, s.created_at_ms, o.role from shop s \
    join shop_member o on o.shop = s.shop where o.user_id = $1 order by s.created_at_ms, s.shop";

/// The shops a user is a member of, oldest first.
pub async fn list_by_user(db: &Db, owner: &str) -> Result<Vec<(Shop, Role)>, DbError> {
    let rows: Vec<(String, String, String, i64, String)> =
        on!(db, |pool| sqlx::query_as(LIST_BY_USER).bind(owner).fetch_all(pool).await)?;
    let parsed = |(key, name, settings, created_at_ms, role): (_, _, _, _, String)| {
        // An unknown role gets the fewest rights.
        Ok((shop((key, name, settings, created_at_ms))?, Role::named(&role).unwrap_or(Role::Reader)))
    };
    rows.into_iter().map(parsed).collect()
}

const UPDATE: &str = "update shop set name = $2, settings = $3 where shop = $1";

pub async fn update(tx: &mut Tx, key: &ShopKey, name: &str, settings: &ShopSettings) -> Result<(), DbError> {
    let settings = json(settings)?;
    within!(tx, |c| sqlx::query(UPDATE)
        .bind(key.as_str())
        .bind(name)
        .bind(&settings)
        .execute(&mut **c)
        .await
        .map(drop))
}

const LIST_ORIGINS: &str =
    "select origin, seen_at_ms from shop_origin where shop = $1 order by added_at_ms, origin";

/// In the order they were added.
pub async fn list_origins(db: &Db, key: &ShopKey) -> Result<Vec<ShopOrigin>, DbError> {
    let rows: Vec<(String, Option<i64>)> =
        on!(db, |pool| sqlx::query_as(LIST_ORIGINS).bind(key.as_str()).fetch_all(pool).await)?;
    rows.into_iter()
        .map(|(origin, seen_at_ms)| {
            let origin = OriginRule::parse(&origin).map_err(|e| DbError::Decode(Box::new(e)))?;
            Ok(ShopOrigin { origin, seen_at_ms })
        })
        .collect()
}

const INSERT_ORIGIN: &str = "insert into shop_origin (shop, origin, added_at_ms) values ($1, $2, $3) \
    on conflict (shop, origin) do nothing";

/// An existing one is left unchanged.
pub async fn insert_origin(
    tx: &mut Tx,
    key: &ShopKey,
    origin: &OriginRule,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT_ORIGIN)
        .bind(key.as_str())
        .bind(origin.as_str())
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE_ORIGIN: &str = "delete from shop_origin where shop = $1 and origin = $2";

pub async fn delete_origin(tx: &mut Tx, key: &ShopKey, origin: &OriginRule) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_ORIGIN)
        .bind(key.as_str())
        .bind(origin.as_str())
        .execute(&mut **c)
        .await
        .map(drop))
}

const RECORD_TAG_SEEN: &str = "update shop_origin set seen_at_ms = $3 where shop = $1 and origin = $2 \
    and (seen_at_ms is null or seen_at_ms < $3)";

pub async fn record_tag_seen(
    tx: &mut Tx,
    key: &ShopKey,
    origin: &OriginRule,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(RECORD_TAG_SEEN)
        .bind(key.as_str())
        .bind(origin.as_str())
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}
