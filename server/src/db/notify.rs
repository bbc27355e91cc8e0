//! Change events between collectors on one PostgreSQL. SQLite has one collector, which notifies its own pages.

use crate::db::{Db, DbError, bulk_json};
use crate::domain::change_event::ChangeEvent;
use sqlx::postgres::PgListener;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::broadcast::Sender;

const CHANNEL: &str = "tableside_news";

const NOTIFY: &str = "select pg_notify($1, value) from jsonb_array_elements_text($2::jsonb)";

/// Notifies every collector on this database, this one included.
pub async fn publish(db: &Db, events: &BTreeSet<ChangeEvent>) -> Result<(), DbError> {
    let Db::Postgres(pool) = db else { return Ok(()) };
    let payloads = bulk_json::list(events.iter().map(ChangeEvent::as_text))?;
    sqlx::query(NOTIFY).bind(CHANNEL).bind(payloads).execute(pool).await.map(drop)
}

/// Receives the events of all collectors on this database, this one included, until the pool closes.
pub async fn listen(db: Db, events: Sender<ChangeEvent>) {
    let Db::Postgres(pool) = db else { return };
    while !pool.is_closed() {
        let ended = match PgListener::connect_with(&pool).await {
            Ok(listener) => receive(listener, &events).await,
            Err(cause) => cause,
        };
        tracing::debug!(cause = %ended, "news from other collectors stopped; listening again");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn receive(mut listener: PgListener, events: &Sender<ChangeEvent>) -> DbError {
    if let Err(cause) = listener.listen(CHANNEL).await {
        return cause;
    }
    loop {
        match listener.recv().await {
            Ok(notification) => {
                if let Some(notification) = ChangeEvent::parse(notification.payload()) {
                    let _ = events.send(notification);
                }
            }
            Err(cause) => return cause,
        }
    }
}
