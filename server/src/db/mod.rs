//! Storage. The only folder that names sqlx.
//!
//! One SQL text runs on both databases; where they differ, the statements stand side by side. Columns are text,
//! integer, bigint and boolean, ids are our own text and sort by time, instants are Unix milliseconds, UTC. Every
//! query about a shop takes the shop's key, and every key in the schema begins with it.

pub(crate) mod bulk_json;
pub mod change_markers;
pub mod check_in_counts;
pub(crate) mod complaint;
pub mod conversations;
pub mod counter_queries;
pub mod counter_rebuild;
pub mod counters;
pub mod demo_rows;
pub mod erase;
pub(crate) mod error_policy;
pub mod full_text_search;
pub mod inbox_queries;
pub mod invitations;
pub mod login_attempts;
pub mod mail_opt_outs;
pub mod mail_servers;
pub mod maintenance_job;
pub mod members;
pub mod messages;
pub mod notify;
pub(crate) mod old_schema;
pub mod open;
pub mod outbox;
pub mod outbox_claims;
pub mod photos;
pub mod presence;
pub mod raw_rows;
pub mod reply_times;
pub mod response_batch;
pub mod response_facts;
pub mod response_queries;
pub mod responses;
pub mod saved_replies;
pub mod schema;
pub mod sessions;
pub mod share_links;
pub mod shop_defaults;
pub mod shops;
pub(crate) mod snapshots;
pub mod summary_queries;
pub mod users;
pub mod visitor_conversations;
pub mod visitor_keys;
pub mod weekly_mail;

pub use crate::db::open::{
    OpenError, address_of, open, open_backup, open_beside, open_old_backup, open_to_fill, open_to_move_from,
    open_to_read, shown,
};
use crate::files::file_lock::InstanceLock;
use sqlx::{PgPool, SqlitePool};
use std::sync::Arc;

/// Named here so that no other folder names sqlx.
pub type DbError = sqlx::Error;

#[derive(Clone)]
pub enum Db {
    Sqlite(Embedded),
    Postgres(PgPool),
}

/// SQLite has room for one writer, and waiting in our own fair queue beats polling for its lock.
#[derive(Clone)]
pub struct Embedded {
    pub read: SqlitePool,
    /// One connection, handed out in the order in which it is asked for.
    pub write: SqlitePool,
    /// Held by a collector, so that no second one serves the same file.
    pub lock: Option<Arc<InstanceLock>>,
}

/// Rolled back when dropped without [`Tx::commit`].
pub enum Tx {
    /// Begun with the write lock taken, so that no later statement fails for want of it.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// Read committed, the default.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// Reads from either database with the same expression: `on!(db, |pool| sqlx::query(SQL).fetch_all(pool).await)`.
#[macro_export]
macro_rules! on {
    ($db:expr, |$pool:ident| $body:expr) => {
        match $db {
            $crate::db::Db::Sqlite(embedded) => {
                let $pool = &embedded.read;
                $body
            }
            $crate::db::Db::Postgres($pool) => $body,
        }
    };
}

/// Runs a statement inside a transaction: `within!(tx, |c| sqlx::query(SQL).execute(&mut **c).await)`.
#[macro_export]
macro_rules! within {
    ($tx:expr, |$connection:ident| $body:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite($connection) => $body,
            $crate::db::Tx::Postgres($connection) => $body,
        }
    };
}

impl Db {
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite(embedded) => Tx::Sqlite(embedded.write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub async fn ping(&self) -> Result<(), DbError> {
        on!(self, |pool| sqlx::query("select 1").execute(pool).await.map(drop))
    }

    /// Whether something can be stored: writes to a table made for this.
    pub async fn can_store(&self) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        within!(&mut tx, |c| sqlx::query("update write_probe set writes = writes + 1")
            .execute(&mut **c)
            .await
            .map(drop))?;
        tx.commit().await
    }

    /// Whether Citus distributes the rows over several servers, by shop.
    pub async fn has_shards(&self) -> Result<bool, DbError> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(pool) => {
                let citus = "select exists (select 1 from pg_extension where extname = 'citus')";
                sqlx::query_scalar(citus).fetch_one(pool).await
            }
        }
    }

    pub async fn close(&self) {
        match self {
            // The writer goes last, so that it checkpoints everything into one file.
            Self::Sqlite(embedded) => {
                embedded.read.close().await;
                embedded.write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Afterwards the changes are on disk, on both databases.
    pub async fn commit(self) -> Result<(), DbError> {
        within!(self, |tx| tx.commit().await)
    }
}
