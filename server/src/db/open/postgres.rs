//! Opens a PostgreSQL database: checks its settings, takes the lock against moves, and limits waiting.

use crate::db::open::{OpenError, Purpose, migrations};
use crate::db::{Db, DbError, maintenance_job};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use std::str::FromStr as _;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(10);

/// A lock that is held is tried again for half a second.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

const WAIT: Duration = Duration::from_secs(3);

/// Two of a collector's connections are its writers'.
const CONNECTIONS: u32 = 10;

/// Limits how long a statement waits for its locks and its result, so that a locked table is a "try again" after
/// three seconds instead of a pile of waiting requests; and how long a transaction may be idle, so that a collector
/// that hangs holds no locks.
const LIMITS: &str = "select set_config('statement_timeout', '3s', false), \
    set_config('idle_in_transaction_session_timeout', '30s', false)";

/// Every connection of a collector shares this advisory lock; a move holds it alone.
const COMPANY: &str = "select pg_try_advisory_lock_shared(1413566284, 1)";
const ALONE: &str = "select pg_try_advisory_lock(1413566284, 1)";

/// Errors behind a pooler that gives each transaction another connection: the prepared statement exists already, or
/// does not exist. Source: PostgreSQL documentation, appendix A.
const POOLED: [&str; 2] = ["42P05", "26000"];

/// Stands in the address where the storage provides the durability that PostgreSQL's settings do not.
const TRUSTED: &str = "storage=trusted";

pub(crate) async fn open(address: &str, purpose: Purpose) -> Result<Db, OpenError> {
    open_direct(address, purpose).await.map_err(|error| match error {
        OpenError::Db(DbError::Database(e)) if e.code().is_some_and(|c| POOLED.contains(&c.as_ref())) => {
            OpenError::Pooled
        }
        other => other,
    })
}

async fn open_direct(address: &str, purpose: Purpose) -> Result<Db, OpenError> {
    let (options, is_trusted) = locate(address)?;
    // Migrations have a connection of their own, without time limits: an index over a large table takes long.
    let mut first =
        tokio::time::timeout(CONNECT, options.connect()).await.map_err(|_| OpenError::Silent)??;
    check(&mut first, is_trusted).await?;
    if !takes_its_lock(&mut first, purpose).await? {
        return Err(OpenError::InUse(if purpose.is_alone() {
            "a collector or another command is at work on this database; stop every collector first"
        } else {
            "this database is being moved or restored; try again when that is done"
        }));
    }
    const IS_BEGUN: &str = "select to_regclass('_sqlx_migrations') is not null";
    let is_begun: bool = sqlx::query_scalar(IS_BEGUN).fetch_one(&mut first).await?;
    if migrations::first_pending(&mut first, &migrations::OF_POSTGRES, is_begun).await?.is_some() {
        if purpose == Purpose::Read {
            return Err(OpenError::Older);
        }
        migrations::run_in_postgres(&mut first, None).await?;
    }
    let is_done = match purpose {
        Purpose::MoveTo | Purpose::Read => Ok(()),
        _ => maintenance_job::must_be_done_in_postgres(&mut first).await,
    };
    if is_done.is_err() || purpose.is_alone() {
        release(&mut first).await?;
    }
    is_done?;
    // Where others may share the lock, it is held until the pool has it, so that no move begins in between.
    let pool = pool(options, purpose).await?;
    release(&mut first).await?;
    first.close().await?;
    Ok(Db::Postgres(pool))
}

/// Tries for a moment: the server may not have noticed yet that a program which held the lock has ended.
async fn takes_its_lock(connection: &mut PgConnection, purpose: Purpose) -> Result<bool, DbError> {
    for _ in 0..LOOKS {
        if sqlx::query_scalar(lock_of(purpose)).fetch_one(&mut *connection).await? {
            return Ok(true);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(false)
}

/// Explicitly: the server may take a moment to notice that a connection is closed.
async fn release(connection: &mut PgConnection) -> Result<(), DbError> {
    sqlx::query("select pg_advisory_unlock_all()").execute(connection).await.map(drop)
}

pub(crate) fn shown(address: &str) -> Result<String, OpenError> {
    let options = locate(address)?.0;
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let host = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => options.get_host().to_owned(),
    };
    Ok(format!("postgres://{host}:{}/{database}", options.get_port()))
}

/// The second value tells whether the storage is trusted.
fn locate(address: &str) -> Result<(PgConnectOptions, bool), OpenError> {
    let (place, told) = address.split_once('?').unwrap_or((address, ""));
    let (ours, theirs): (Vec<&str>, Vec<&str>) = told.split('&').partition(|part| *part == TRUSTED);
    let options = PgConnectOptions::from_str(&format!("{place}?{}", theirs.join("&")))?;
    let options = options.log_slow_statements(log::LevelFilter::Off, Duration::MAX);
    Ok((options.application_name("tableside"), !ours.is_empty()))
}

fn lock_of(purpose: Purpose) -> &'static str {
    if purpose.is_alone() { ALONE } else { COMPANY }
}

async fn pool(options: PgConnectOptions, purpose: Purpose) -> Result<PgPool, DbError> {
    // At least one connection, so that the lock is always held.
    let pool = PgPoolOptions::new();
    let pool = match purpose {
        // All are opened at the start and stay: when visitors have taken every file descriptor, none can be opened,
        // and the connected visitors still need them. Each is replaced now and then, so that a collector does not
        // stay with a demoted server.
        Purpose::Serve => pool.min_connections(CONNECTIONS).max_connections(CONNECTIONS).idle_timeout(None),
        Purpose::Beside | Purpose::Read => pool.min_connections(1).max_connections(CONNECTIONS),
        // The one connection holds the lock for as long as the work takes.
        Purpose::MoveFrom | Purpose::MoveTo => {
            pool.min_connections(1).max_connections(1).idle_timeout(None).max_lifetime(None)
        }
    };
    pool.acquire_timeout(WAIT)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                // Not in the startup parameters, since PgBouncer refuses clients that set them there.
                sqlx::query(LIMITS).execute(&mut *connection).await?;
                let is_ours: bool = sqlx::query_scalar(lock_of(purpose)).fetch_one(connection).await?;
                let busy = || DbError::Configuration("the database is being moved or restored".into());
                if is_ours { Ok(()) } else { Err(busy()) }
            })
        })
        .connect_with(options)
        .await
}

/// Refuses a server that acknowledges before its disk has the data, or cannot store every language.
async fn check(connection: &mut PgConnection, is_trusted: bool) -> Result<(), OpenError> {
    const SETTINGS: &str = "select name, setting from pg_settings where name in \
        ('fsync', 'full_page_writes', 'synchronous_commit', 'synchronous_standby_names', 'server_encoding')";
    let settings: Vec<(String, String)> = sqlx::query_as(SETTINGS).fetch_all(connection).await?;
    let value = |name| settings.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    let has_standby = !value("synchronous_standby_names").is_empty();
    for (name, is) in &settings {
        let so = match (name.as_str(), is.as_str()) {
            ("synchronous_commit", "off") => {
                "so it acknowledges what is not on its disk yet; set it to on (for this role: `alter role … set \
                 synchronous_commit = on`)"
            }
            ("synchronous_commit", "local") if has_standby => {
                "so a fail-over to the synchronous standby can lose what was acknowledged; set it to on"
            }
            ("server_encoding", encoding) if encoding != "UTF8" => {
                "so it cannot store every language; create the database with encoding 'UTF8'"
            }
            ("fsync", "off") if !is_trusted => {
                "so a power cut can lose or damage everything; set it to on. Where the storage below keeps its own \
                 promise, as with Neon, say so in the address: ?storage=trusted"
            }
            ("full_page_writes", "off") if !is_trusted => {
                "so a power cut can damage tables; set it to on. Where the storage below never tears a page, as with \
                 ZFS, Aurora or Neon, say so in the address: ?storage=trusted"
            }
            _ => continue,
        };
        return Err(OpenError::Server { setting: name.clone(), is: is.clone(), so });
    }
    tracing::info!(
        synchronous_commit = value("synchronous_commit"),
        synchronous_standby = value("synchronous_standby_names"),
        "an answer is acknowledged when PostgreSQL has it on disk{}",
        if has_standby {
            ", and on a standby"
        } else {
            "; a fail-over to a standby that lags can lose the last ones"
        }
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let shown = shown("postgres://anna:secret@db.example:5433/tableside?storage=trusted").unwrap();
        assert_eq!(shown, "postgres://db.example:5433/tableside");
    }

    #[test]
    fn trust_in_the_storage_is_said_in_the_address_and_not_passed_on() {
        let address = "postgres://anna@db.example/tableside?sslmode=disable";
        assert!(!locate(address).unwrap().1);
        assert!(locate(&format!("{address}&storage=trusted")).unwrap().1);
    }
}
