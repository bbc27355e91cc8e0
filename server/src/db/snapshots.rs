//! The database as a whole: snapshots, long transactions, statistics.

use crate::db::open::{copy_into, make_plain};
use crate::db::{Db, DbError, Tx};
use std::path::Path;

/// A long transaction may cache 64 MB of the file; `cache_size` counts in negative kibibytes. Pages that do not fit
/// are written before the end, and again when they change again.
const LONG_CACHE: &str = "pragma cache_size = -65536";

/// Below this size any plan reads the table of responses fast.
const NEEDS_STATISTICS_BYTES: i64 = 256 * 1024;
const HAS_STATISTICS: &str = "select reltuples >= 1 from pg_class where oid = 'response'::regclass";
const TABLE_SIZE: &str = "select pg_relation_size('response'::regclass)";

impl Db {
    /// A consistent view beside writers, without a time limit.
    pub async fn begin_snapshot(&self) -> Result<Tx, DbError> {
        match self {
            // The view is that of the first read, and writers are not blocked.
            Self::Sqlite(embedded) => Ok(Tx::Sqlite(embedded.read.begin().await?)),
            Self::Postgres(pool) => {
                let snapshot = "begin isolation level repeatable read read only";
                without_limits(Tx::Postgres(pool.begin_with(snapshot).await?)).await
            }
        }
    }

    /// A consistent view during which no other program writes.
    pub async fn begin_exclusive(&self) -> Result<Tx, DbError> {
        match self {
            // It holds the one write lock there is.
            Self::Sqlite(_) => self.begin().await,
            // A database opened to be moved away is locked against all other programs.
            Self::Postgres(_) => self.begin_snapshot().await,
        }
    }

    /// A transaction for many writes, without a time limit.
    pub async fn begin_long(&self) -> Result<Tx, DbError> {
        let mut tx = without_limits(self.begin().await?).await?;
        if let Tx::Sqlite(c) = &mut tx {
            sqlx::query(LONG_CACHE).execute(&mut **c).await?;
        }
        Ok(tx)
    }

    /// A consistent copy into an empty file. `false` if this is not SQLite.
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

    /// Closes a SQLite file so that everything is in this one file.
    pub async fn close_plain(self) -> Result<(), DbError> {
        if let Self::Sqlite(embedded) = &self {
            embedded.read.close().await;
            make_plain(&embedded.write).await?;
        }
        self.close().await;
        Ok(())
    }

    /// Gives PostgreSQL statistics after a bulk insert; it would gather them itself, later. SQLite gets none: knowing
    /// that nearly all rows are of one shop, it takes that part of an index for worthless, and reads and sorts the
    /// whole table for the newest fifty rows.
    pub async fn analyze(&self) -> Result<(), DbError> {
        if let Self::Postgres(pool) = self {
            let mut tx = without_limits(Tx::Postgres(pool.begin().await?)).await?;
            crate::within!(&mut tx, |c| sqlx::query("analyze").execute(&mut **c).await.map(drop))?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether PostgreSQL has statistics about responses. SQLite needs none.
    pub async fn has_statistics(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(pool) => sqlx::query_scalar(HAS_STATISTICS).fetch_one(pool).await,
        }
    }

    /// Whether PostgreSQL has so many responses that it needs statistics. On a coordinator of Citus, where the rows
    /// are elsewhere, it never has.
    pub async fn needs_statistics(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(pool) => sqlx::query_scalar::<_, i64>(TABLE_SIZE)
                .fetch_one(pool)
                .await
                .map(|bytes| bytes >= NEEDS_STATISTICS_BYTES),
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
