//! Runs ANALYZE on a new PostgreSQL database as soon as its tables have rows.
//!
//! Autovacuum does so too, within a minute or two. Until then PostgreSQL plans as if the tables were empty and looks for a
//! conversation's response among all those of the shop, which takes nearly all the time of a first busy minute.

use crate::db::{Db, DbError};
use std::time::Duration;

const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Ends once PostgreSQL has statistics. SQLite plans without them.
pub async fn run(db: Db) {
    loop {
        match analyze(&db).await {
            Ok(true) => return,
            Ok(false) => {}
            // Autovacuum does the same later.
            Err(cause) => return tracing::warn!(%cause, "PostgreSQL was not told to look at its tables"),
        }
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

/// Whether PostgreSQL has statistics by now.
pub async fn analyze(db: &Db) -> Result<bool, DbError> {
    if db.has_statistics().await? {
        return Ok(true);
    }
    let has_rows = db.needs_statistics().await?;
    if has_rows {
        db.analyze().await?;
    }
    Ok(has_rows)
}
