//! The database as a whole: read as it was at one moment, or filled without a limit on time.

use crate::db::open::{copy_into, make_plain};
use crate::db::{Db, DbError, Tx};
use std::path::Path;

/// Whoever writes much may keep 64 MB of the file in memory, which `cache_size` counts in negative kibibytes: what does not fit is
/// written out before the end, and once more when it changes again.
const LONG_CACHE: &str = "pragma cache_size = -65536";

/// Below this the table of responses is so small that it does not matter how something is found in it.
const FILLED_BYTES: i64 = 256 * 1024;
const KNOWS: &str = "select reltuples >= 1 from pg_class where oid = 'response'::regclass";
const FILLS: &str = "select pg_relation_size('response'::regclass)";

impl Db {
    /// Begins a transaction that sees everything as it is now, whoever writes meanwhile, and takes as long as it needs.
    pub async fn begin_snapshot(&self) -> Result<Tx, DbError> {
        match self {
            // The moment is that of the first look, and nobody is kept from writing.
            Self::Sqlite(embedded) => Ok(Tx::Sqlite(embedded.read.begin().await?)),
            Self::Postgres(pool) => {
                let snapshot = "begin isolation level repeatable read read only";
                without_limits(Tx::Postgres(pool.begin_with(snapshot).await?)).await
            }
        }
    }

    /// Begins a transaction that sees everything as it is now, during which nobody writes.
    pub async fn begin_exclusive(&self) -> Result<Tx, DbError> {
        match self {
            // It holds the one write lock there is.
            Self::Sqlite(_) => self.begin().await,
            // Whoever opened it to move it away holds the lock that keeps everybody else out.
            Self::Postgres(_) => self.begin_snapshot().await,
        }
    }

    /// Begins a transaction that will write much, and takes as long as it needs.
    pub async fn begin_long(&self) -> Result<Tx, DbError> {
        let mut tx = without_limits(self.begin().await?).await?;
        if let Tx::Sqlite(c) = &mut tx {
            sqlx::query(LONG_CACHE).execute(&mut **c).await?;
        }
        Ok(tx)
    }

    /// Copies a SQLite file into another, empty one, as it is at this moment. `false` if this is not SQLite.
    pub async fn copy_into(&self, to: &Path) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(embedded) => {
                let mut connection = embedded.read.acquire().await?;
                copy_into(&mut connection, to).await?;
                Ok(true)
            }
            Self::Postgres(_) => Ok(false),
        }
    }

    /// Closes a SQLite file so that everything is in this one file and nothing beside it.
    pub async fn close_plain(self) -> Result<(), DbError> {
        if let Self::Sqlite(embedded) = &self {
            embedded.read.close().await;
            make_plain(&embedded.write).await?;
        }
        self.close().await;
        Ok(())
    }

    /// Lets PostgreSQL learn what is in its tables, after many rows came at once; it would by itself, later. SQLite is not
    /// told: knowing that nearly all rows are of one shop it takes that shop's part of an index for worthless, and reads and
    /// sorts the whole table for the newest fifty.
    pub async fn analyze(&self) -> Result<(), DbError> {
        if let Self::Postgres(pool) = self {
            let mut tx = without_limits(Tx::Postgres(pool.begin().await?)).await?;
            crate::within!(&mut tx, |c| sqlx::query("analyze").execute(&mut **c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether PostgreSQL has seen for itself that there are responses. SQLite need not.
    pub async fn knows_its_tables(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(pool) => sqlx::query_scalar(KNOWS).fetch_one(pool).await,
        }
    }

    /// Whether there are so many responses in PostgreSQL that it ought to know. On a coordinator of Citus, where the rows are
    /// elsewhere, there never are.
    pub async fn has_filled(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(pool) => {
                sqlx::query_scalar::<_, i64>(FILLS).fetch_one(pool).await.map(|bytes| bytes >= FILLED_BYTES)
            }
        }
    }
}

async fn without_limits(mut tx: Tx) -> Result<Tx, DbError> {
    if let Tx::Postgres(c) = &mut tx {
        for limit in ["set local statement_timeout = 0", "set local idle_in_transaction_session_timeout = 0"]
        {
            sqlx::query(limit).execute(&mut **c).await?;
        }
    }
    Ok(tx)
}
