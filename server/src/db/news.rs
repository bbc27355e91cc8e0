//! News between collectors on one PostgreSQL. SQLite has one collector, which tells its own pages.

use super::{Db, DbError, Tx};
use shared::ids::ShopKey;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::broadcast::Sender;

/// The channel's name.
const CHANNEL: &str = "tableside_news";

/// Tells the other collectors, when and only if this transaction is committed.
///
/// # Errors
/// When the database does not do it.
pub async fn tell(tx: &mut Tx, shop: &ShopKey) -> Result<(), DbError> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(c) => {
            let done = sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(shop.as_str());
            done.execute(&mut **c).await.map(drop)
        }
    }
}

/// Hears what collectors on the same database tell, this one included, and passes it on for as long as anybody can
/// listen.
pub async fn pass_on(db: Db, told: Sender<ShopKey>) {
    let Db::Postgres(pool) = db else { return };
    while !pool.is_closed() {
        let ended = match PgListener::connect_with(&pool).await {
            Ok(listener) => hear(listener, &told).await,
            Err(cause) => cause,
        };
        tracing::debug!(cause = %ended, "news from other collectors stopped; listening again");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn hear(mut listener: PgListener, told: &Sender<ShopKey>) -> DbError {
    if let Err(cause) = listener.listen(CHANNEL).await {
        return cause;
    }
    loop {
        match listener.recv().await {
            Ok(news) => {
                if let Ok(shop) = ShopKey::parse(news.payload()) {
                    let _ = told.send(shop);
                }
            }
            Err(cause) => return cause,
        }
    }
}
