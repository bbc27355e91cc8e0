use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MailServerRow {
    pub host: String,
    pub port: i32,
    /// As `smtp::server_config::Security`.
    pub security: String,
    /// Empty if the server asks for no login.
    pub user_name: String,
    pub password_sealed: String,
    pub from_address: String,
    pub reply_to: String,
}

const FIND: &str = "select host, port, security, user_name, password_sealed, from_address, reply_to from mail_server \
    where shop = $1";

pub async fn find(db: &Db, shop: &ShopKey) -> Result<Option<MailServerRow>, DbError> {
    on!(db, |pool| sqlx::query_as(FIND).bind(shop.as_str()).fetch_optional(pool).await)
}

const UPSERT: &str = "insert into mail_server (shop, host, port, security, user_name, password_sealed, from_address, \
    reply_to, changed_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (shop) do update set host = $2, \
    port = $3, security = $4, user_name = $5, password_sealed = $6, from_address = $7, reply_to = $8, \
    changed_at_ms = $9";

pub async fn save(tx: &mut Tx, shop: &ShopKey, server: &MailServerRow, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(UPSERT)
        .bind(shop.as_str())
        .bind(&server.host)
        .bind(server.port)
        .bind(&server.security)
        .bind(&server.user_name)
        .bind(&server.password_sealed)
        .bind(&server.from_address)
        .bind(&server.reply_to)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE: &str = "delete from mail_server where shop = $1";

pub async fn delete(tx: &mut Tx, shop: &ShopKey) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE).bind(shop.as_str()).execute(&mut **c).await.map(drop))
}
