//! What the collector's database holds afterwards, read behind its back.

use anyhow::Result;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::str::FromStr as _;

const RESPONSES: &str = "select count(*) from response where shop = $1";
const COUNTED: &str = "select cast(coalesce(sum(r1 + r2 + r3 + r4 + r5), 0) as bigint) from daily_counter \
     where shop = $1 and metric = 'all' and span_days = 1";

/// How many responses a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Rows.
    pub(crate) stored: i64,
    /// What the counts that are kept beside them say.
    pub(crate) counted: i64,
}

/// Counts a shop's rows.
///
/// # Errors
/// If the database cannot be read.
pub(crate) async fn count(database: &str, shop: &str) -> Result<Rows> {
    if database.starts_with("postgres") {
        let mut c = PgConnection::connect(database).await?;
        let stored = sqlx::query_scalar(RESPONSES).bind(shop).fetch_one(&mut c).await?;
        return Ok(Rows { stored, counted: sqlx::query_scalar(COUNTED).bind(shop).fetch_one(&mut c).await? });
    }
    let options = SqliteConnectOptions::from_str(database)?.read_only(true);
    let mut c = SqliteConnection::connect_with(&options).await?;
    let stored = sqlx::query_scalar(RESPONSES).bind(shop).fetch_one(&mut c).await?;
    Ok(Rows { stored, counted: sqlx::query_scalar(COUNTED).bind(shop).fetch_one(&mut c).await? })
}

const THROW_AWAY: &str =
    "create trigger throw_away before insert on daily_counter begin select raise(ignore); end";

/// Lets a SQLite database take every count that is handed to it and keep none, to see what keeping them costs. They are
/// still made and handed over, and throwing them away costs something itself, so it is a little more than that.
///
/// # Errors
/// If the database cannot be changed.
pub(crate) async fn throw_counts_away(database: &str) -> Result<()> {
    let mut c = SqliteConnection::connect(database).await?;
    sqlx::query(THROW_AWAY).execute(&mut c).await?;
    Ok(())
}
