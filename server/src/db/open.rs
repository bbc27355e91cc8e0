//! Opening a database, the way that keeps the promise "stored means on disk".

use super::{Db, DbError, Embedded};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, postgres::PgPoolOptions};
use std::str::FromStr as _;
use std::time::Duration;

/// The oldest SQLite that does not lose committed writes when two connections write and checkpoint at once.
/// Source: <https://sqlite.org/wal.html#walresetbug>.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];

/// Why the database could not be opened, in a sentence for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite://…` nor `postgres://…`.
    #[error("the database address must begin with sqlite:// or postgres://")]
    Address,
    /// SQLite is too old to be trusted.
    #[error("SQLite {0} can lose committed writes; this program needs 3.51.3 or newer")]
    OldSqlite(String),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// It did not open.
    #[error("the database could not be opened: {0}")]
    Db(#[from] DbError),
}

/// Opens the database, creates it if it is SQLite and not there yet, and brings its tables up to date.
///
/// # Errors
/// [`OpenError`], each a sentence for whoever started the program.
pub async fn open(address: &str) -> Result<Db, OpenError> {
    let db = match address.split_once("://") {
        Some(("sqlite", _)) => sqlite(address).await?,
        Some(("postgres" | "postgresql", _)) => {
            Db::Postgres(PgPoolOptions::new().max_connections(10).connect(address).await?)
        }
        _ => return Err(OpenError::Address),
    };
    let tables = sqlx::migrate!("./migrations");
    match &db {
        Db::Sqlite(embedded) => tables.run(&embedded.write).await?,
        Db::Postgres(pool) => tables.run(pool).await?,
    }
    Ok(db)
}

async fn sqlite(address: &str) -> Result<Db, OpenError> {
    let options = SqliteConnectOptions::from_str(address)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // With NORMAL, a power cut takes answers back that were acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(3))
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .log_slow_statements(log::LevelFilter::Off, Duration::MAX);
    // The writer comes first: it creates the file and turns it to WAL, before any reader looks.
    let write = pool(1).connect_with(options.clone()).await?;
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&write).await?;
    if !is_new_enough(&version) {
        return Err(OpenError::OldSqlite(version));
    }
    let read = pool(READERS).connect_with(options.create_if_missing(false)).await?;
    Ok(Db::Sqlite(Embedded { read, write }))
}

/// Connections that read at the same time.
const READERS: u32 = 4;

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(3))
        // After an I/O error SQLite rolls back by itself and sqlx does not notice: such a connection would refuse
        // every transaction from then on, so it is thrown away.
        .before_acquire(|connection, _| {
            Box::pin(async move {
                use sqlx::Connection as _;
                Ok(!connection.is_in_transaction())
            })
        })
}

fn is_new_enough(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').filter_map(|p| p.parse().ok()).collect();
    parts.as_slice() >= SQLITE_MIN.as_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_sqlite_is_known_by_its_number() {
        for (version, fine) in [
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0.0", true),
            ("3.51.2", false),
            ("3.9.9", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), fine, "{version}");
        }
    }
}
