//! What to do after a database error.

use crate::db::{Db, DbError};
use std::io::Write as _;

/// Deadlocks, and a server that restarts: the same batch may succeed now. Source: PostgreSQL documentation, appendix
/// A (class 40, 57P01 to 57P03, class 08).
const RETRYABLE: [&str; 7] = ["40001", "40P01", "57P01", "57P02", "57P03", "08006", "08003"];

/// The disk failed to sync. Source: SQLite result codes (`SQLITE_IOERR_FSYNC`, `SQLITE_IOERR_DIR_FSYNC`).
const SYNC_FAILED: [&str; 2] = ["1034", "1290"];

impl Db {
    pub fn is_retryable(&self, error: &DbError) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(_) => match error {
                DbError::Database(e) => e.code().is_some_and(|code| RETRYABLE.contains(&code.as_ref())),
                DbError::Io(_) => true,
                _ => false,
            },
        }
    }

    /// Whether one row among several caused the error, such as one whose shop is gone.
    pub fn is_about_one_row(error: &DbError) -> bool {
        error.as_database_error().is_some_and(|e| {
            e.is_foreign_key_violation() || e.is_unique_violation() || e.is_check_violation()
        })
    }

    /// Ends the program when the disk failed to sync: what is on it is unknown until SQLite recovers the file at the
    /// next start. Browsers send again what was not acknowledged.
    pub fn exit_if_sync_failed(&self, error: &DbError) {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        if matches!(self, Self::Sqlite(_)) && code.is_some_and(|code| SYNC_FAILED.contains(&code.as_ref())) {
            tracing::error!(cause = %error, "the disk did not keep what it was told to; stopping, so that nothing is promised on top of it");
            let _ = std::io::stderr().flush();
            std::process::exit(74);
        }
    }
}
