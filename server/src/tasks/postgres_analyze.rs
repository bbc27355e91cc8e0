//! A PostgreSQL that is new learns what is in its tables as soon as there is something in them.
//!
//! It would by itself, within a minute or two. Until then it finds the response that a new conversation belongs to by going
//! through all those of the shop, because the tables were empty when it planned that: of a first busy minute nearly all
//! would be spent on it.

use crate::db::{Db, DbError};
use std::time::Duration;

/// How often it is looked whether there is something.
const REST: Duration = Duration::from_secs(1);

/// Looks until PostgreSQL knows enough. SQLite plans without.
pub async fn run(db: Db) {
    loop {
        match analyze(&db).await {
            Ok(true) => return,
            Ok(false) => {}
            // Nothing depends on it but time; it will learn by itself.
            Err(cause) => return tracing::warn!(%cause, "PostgreSQL was not told to look at its tables"),
        }
        tokio::time::sleep(REST).await;
    }
}

/// Says whether PostgreSQL knows what is in its tables, having told it if it was time.
///
/// # Errors
/// What the database says.
pub async fn analyze(db: &Db) -> Result<bool, DbError> {
    if db.has_statistics().await? {
        return Ok(true);
    }
    let is_time = db.needs_statistics().await?;
    if is_time {
        db.analyze().await?;
    }
    Ok(is_time)
}
