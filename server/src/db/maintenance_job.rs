//! A move or restore into this database that is under way: no collector serves until it is done.

use crate::db::{Db, DbError, OpenError, Tx};
use crate::{on, within};
use sqlx::{PgConnection, SqlitePool};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceJob {
    /// `move` or `restore`.
    pub work: String,
    /// Without a password, as by [`crate::db::shown`].
    pub source: String,
}

const FIND: &str = "select job, source from maintenance_job";

type MaintenanceJobRow = (String, String);

pub async fn find(db: &Db) -> Result<Option<MaintenanceJob>, DbError> {
    let row: Option<MaintenanceJobRow> = on!(db, |pool| sqlx::query_as(FIND).fetch_optional(pool).await)?;
    Ok(row.map(|(work, source)| MaintenanceJob { work, source }))
}

pub(crate) async fn must_be_done_in_sqlite(db: &SqlitePool) -> Result<(), OpenError> {
    is_done(sqlx::query_as(FIND).fetch_optional(db).await?)
}

pub(crate) async fn must_be_done_in_postgres(connection: &mut PgConnection) -> Result<(), OpenError> {
    is_done(sqlx::query_as(FIND).fetch_optional(connection).await?)
}

fn is_done(row: Option<MaintenanceJobRow>) -> Result<(), OpenError> {
    match row {
        None => Ok(()),
        Some((work, source_address)) => Err(OpenError::Unfinished { work, source_address }),
    }
}

const INSERT: &str = "insert into maintenance_job (job, source, started_at_ms) values ($1, $2, $3)";

pub async fn start(tx: &mut Tx, job: &MaintenanceJob, now_ms: i64) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(INSERT)
        .bind(&job.work)
        .bind(&job.source)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))
}

pub async fn finish(tx: &mut Tx) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query("delete from maintenance_job").execute(&mut **c).await.map(drop))
}
