//! Opens a database with the settings that make "stored" mean "on disk", and refuses one that cannot provide them.

pub mod migrations;
pub(crate) mod network_fs;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::db::{Db, DbError};
use crate::files::file_lock::LockError;
use std::path::PathBuf;

/// A sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database address must begin with sqlite:// or postgres://")]
    Address,
    /// What is in memory is gone with the process.
    #[error("a database in memory keeps nothing; name a file, such as sqlite://tableside.db")]
    InMemory,
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("there is no folder {0}, or it may not be entered")]
    NoFolder(PathBuf),
    #[error("SQLite {0} can lose committed writes; this program needs 3.51.3 or newer")]
    OldSqlite(String),
    #[error("{0} is not a database of Tableside")]
    NotOurs(PathBuf),
    #[error(
        "the database {file} is damaged ({what}); it was left as it is. Restore the newest backup into a new file: \
         `tableside restore BACKUP --database sqlite://NEW.db`"
    )]
    Damaged { file: PathBuf, what: String },
    #[error(
        "{0} is a database in use and not a backup: some of its answers are in another file beside it. \
         `tableside backup` makes a whole one"
    )]
    InUseNotBackup(PathBuf),
    #[error(
        "{file} is on a network file system ({kind}), where SQLite can lose what it stored; use a disk of this \
         computer, or PostgreSQL"
    )]
    Network { file: PathBuf, kind: String },
    #[error("SQLite does not do as it is told: `{setting}` is {is:?} and must be {must:?}")]
    Setting { setting: &'static str, is: String, must: &'static str },
    #[error("this PostgreSQL has `{setting} = {is}`, {so}")]
    Server { setting: String, is: String, so: &'static str },
    #[error(
        "between here and PostgreSQL is a pooler in transaction mode, which loses statements and locks; use its session \
         mode or PostgreSQL's own address"
    )]
    Pooled,
    #[error("the database server did not answer within ten seconds")]
    Silent,
    #[error(
        "this database was written by a newer Tableside (it is at step {there}, this program knows {known}). \
         Start the newer version, or restore the backup that was taken before the upgrade"
    )]
    Newer { there: i64, known: i64 },
    #[error(
        "this database was written by a Tableside of before its tables were renamed: take a backup with the program that \
         wrote it (`tableside backup FILE`), and bring that into a new database with this one (`tableside restore FILE \
         --database ADDRESS`)"
    )]
    OldSchema,
    #[error(
        "this backup was written by a Tableside of before its tables were renamed, and is at step {there} of {last}: \
         start the last program that knows these steps once, and take the backup anew"
    )]
    OldStep { there: i64, last: i64 },
    #[error(
        "this database belongs to an older Tableside; start the collector of this version once, or use the older \
         program"
    )]
    Older,
    #[error(
        "step {0} of this database's tables is not the one this program knows; it was made by another build"
    )]
    OtherStep(i64),
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error(
        "the tables were not brought up to date, since the backup {to} could not be taken first: {cause}"
    )]
    Backup { to: PathBuf, cause: String },
    #[error(
        "a {work} from {source_address} into this database was begun and is not finished; give the same command again, \
         and it goes on where it stopped"
    )]
    Unfinished { work: String, source_address: String },
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("{0}")]
    InUse(&'static str),
    #[error("the database could not be opened: {0}")]
    Db(#[from] DbError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Run a collector. A SQLite file has room for one, a PostgreSQL database for many.
    Serve,
    /// A short command that may run beside a collector.
    Beside,
    /// Read as a whole by a move, exclusively.
    MoveFrom,
    /// Filled by a move or a restore, exclusively.
    MoveTo,
    /// Read without changes, beside other programs.
    Read,
}

impl Purpose {
    fn is_alone(self) -> bool {
        matches!(self, Self::MoveFrom | Self::MoveTo)
    }

    fn creates(self) -> bool {
        !matches!(self, Self::MoveFrom | Self::Read)
    }
}

/// Opens the database for a collector, creates a missing SQLite file, and brings the tables up to date; before that,
/// a SQLite file with data in it is copied to `FILE.before-STEP`. A second collector on the same SQLite file is
/// refused while the first one runs.
pub async fn open(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::Serve).await
}

/// Opens the database for a short command that may run beside a collector. [`OpenError::Lock`] if the tables are
/// older than this program and a collector runs.
pub async fn open_beside(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::Beside).await
}

/// Opens a database exclusively, to read it as a whole.
pub async fn open_to_move_from(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::MoveFrom).await
}

/// Opens an empty or partly filled database exclusively, to fill it.
pub async fn open_to_fill(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::MoveTo).await
}

/// Opens a database without changing it, beside other programs. [`OpenError::Older`] if it is PostgreSQL with older
/// tables.
pub async fn open_to_read(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::Read).await
}

pub use crate::db::open::sqlite::{address_of, open_backup, open_old_backup};
pub(crate) use crate::db::open::sqlite::{copy_into, make_plain};

/// The address as it may be shown and compared: without a password, and a file by its whole path.
pub fn shown(address: &str) -> Result<String, OpenError> {
    match scheme(address) {
        Some(Scheme::Sqlite) => sqlite::shown(address),
        Some(Scheme::Postgres) => postgres::shown(address),
        None => Err(OpenError::Address),
    }
}

enum Scheme {
    Sqlite,
    Postgres,
}

fn scheme(address: &str) -> Option<Scheme> {
    match address.split_once("://")?.0 {
        "sqlite" => Some(Scheme::Sqlite),
        "postgres" | "postgresql" => Some(Scheme::Postgres),
        _ => None,
    }
}

async fn open_to(address: &str, purpose: Purpose) -> Result<Db, OpenError> {
    match scheme(address) {
        Some(Scheme::Sqlite) => sqlite::open(address, purpose).await,
        Some(Scheme::Postgres) => postgres::open(address, purpose).await,
        None => Err(OpenError::Address),
    }
}
