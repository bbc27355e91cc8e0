//! Opening a database, the way that keeps the promise "stored means on disk"; and refusing, in one sentence, one that
//! could not keep it.

pub mod migrations;
pub(crate) mod network_fs;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::db::{Db, DbError};
use crate::files::file_lock::LockError;
use std::path::PathBuf;

/// Why the database could not be opened, in a sentence for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite://…` nor `postgres://…`.
    #[error("the database address must begin with sqlite:// or postgres://")]
    Address,
    /// What is in memory is gone with the process.
    #[error("a database in memory keeps nothing; name a file, such as sqlite://tableside.db")]
    InMemory,
    /// Nothing is made where something was to be read.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// Nor is a folder made.
    #[error("there is no folder {0}, or it may not be entered")]
    NoFolder(PathBuf),
    /// SQLite is too old to be trusted.
    #[error("SQLite {0} can lose committed writes; this program needs 3.51.3 or newer")]
    OldSqlite(String),
    /// Not a database, or one of another program.
    #[error("{0} is not a database of Tableside")]
    NotOurs(PathBuf),
    /// Bytes are not what they were.
    #[error(
        "the database {file} is damaged ({what}); it was left as it is. Restore the newest backup into a new file: \
         `tableside restore BACKUP --database sqlite://NEW.db`"
    )]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What was found.
        what: String,
    },
    /// Not a backup but the file of a database in use.
    #[error(
        "{0} is a database in use and not a backup: some of its answers are in another file beside it. \
         `tableside backup` makes a whole one"
    )]
    InUseNotBackup(PathBuf),
    /// SQLite's locks do not hold there.
    #[error(
        "{file} is on a network file system ({kind}), where SQLite can lose what it stored; use a disk of this \
         computer, or PostgreSQL"
    )]
    Network {
        /// Which file.
        file: PathBuf,
        /// What kind.
        kind: String,
    },
    /// A setting did not take.
    #[error("SQLite does not do as it is told: `{setting}` is {is:?} and must be {must:?}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// How it is.
        is: String,
        /// How it must be.
        must: &'static str,
    },
    /// The server could lose what was acknowledged, or cannot store every language.
    #[error("this PostgreSQL has `{setting} = {is}`, {so}")]
    Server {
        /// Which setting.
        setting: String,
        /// How it is.
        is: String,
        /// Why that will not do, and what to do.
        so: &'static str,
    },
    /// Every transaction gets another connection.
    #[error(
        "between here and PostgreSQL is a pooler in transaction mode, which loses statements and locks; use its session \
         mode or PostgreSQL's own address"
    )]
    Pooled,
    /// Nobody answered.
    #[error("the database server did not answer within ten seconds")]
    Silent,
    /// The tables are those of a later version.
    #[error(
        "this database was written by a newer Tableside (it is at step {there}, this program knows {known}). \
         Start the newer version, or restore the backup that was taken before the upgrade"
    )]
    Newer {
        /// The first step that is not known here.
        there: i64,
        /// The last one that is.
        known: i64,
    },
    /// The tables have the names of before.
    #[error(
        "this database was written by a Tableside of before its tables were renamed: take a backup with the program that \
         wrote it (`tableside backup FILE`), and bring that into a new database with this one (`tableside restore FILE \
         --database ADDRESS`)"
    )]
    OldSchema,
    /// A backup of the tables of before, but not of their last step.
    #[error(
        "this backup was written by a Tableside of before its tables were renamed, and is at step {there} of {last}: \
         start the last program that knows these steps once, and take the backup anew"
    )]
    OldStep {
        /// The last step taken.
        there: i64,
        /// The one that is read.
        last: i64,
    },
    /// The tables are those of an earlier version, and it was asked not to change them.
    #[error(
        "this database belongs to an older Tableside; start the collector of this version once, or use the older \
         program"
    )]
    Older,
    /// A step was changed after it had been taken.
    #[error(
        "step {0} of this database's tables is not the one this program knows; it was made by another build"
    )]
    OtherStep(i64),
    /// The tables could not be brought up to date.
    #[error("the tables could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The copy before an upgrade failed, so the upgrade was not begun.
    #[error(
        "the tables were not brought up to date, since the backup {to} could not be taken first: {cause}"
    )]
    Backup {
        /// Where it should have gone.
        to: PathBuf,
        /// What was in the way.
        cause: String,
    },
    /// A move or a restore into this database was cut off.
    #[error(
        "a {work} from {source_address} into this database was begun and is not finished; give the same command again, \
         and it goes on where it stopped"
    )]
    Unfinished {
        /// `move` or `restore`.
        work: String,
        /// From where.
        source_address: String,
    },
    /// Somebody else is at work on the file.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Somebody else is at work in the PostgreSQL database.
    #[error("{0}")]
    InUse(&'static str),
    /// It did not open.
    #[error("the database could not be opened: {0}")]
    Db(#[from] DbError),
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To serve. A SQLite file has room for one collector; a PostgreSQL database for many.
    Serve,
    /// A short command that may run beside a collector.
    Beside,
    /// To be read as a whole by a move, with nobody else at work on it.
    MoveFrom,
    /// To be filled by a move or a restore, with nobody else at work on it.
    MoveTo,
    /// To be read as it is, beside whoever else is at work on it.
    Read,
}

impl Purpose {
    /// Whether nobody else may be at work on it.
    fn is_alone(self) -> bool {
        matches!(self, Self::MoveFrom | Self::MoveTo)
    }

    /// Whether a SQLite file is made if it is not there.
    fn creates(self) -> bool {
        !matches!(self, Self::MoveFrom | Self::Read)
    }
}

/// Opens the database for a collector, creates it if it is SQLite and not there yet, and brings its tables up to date;
/// before that, a SQLite file with something in it is copied to `FILE.before-STEP`. A second collector on the same
/// SQLite file is refused, for as long as the first one lives.
pub async fn open(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::Serve).await
}

/// Opens the database for a short command that may run beside a collector.
///
/// # Errors
/// As [`open`]; also [`OpenError::Lock`] if the tables are older than this program and a collector is at work on them.
pub async fn open_beside(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::Beside).await
}

/// Opens a database to be moved away: nobody else is at work on it.
pub async fn open_to_move_from(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::MoveFrom).await
}

/// Opens a database to be filled, be it empty or half full already: nobody else is at work on it.
pub async fn open_to_fill(address: &str) -> Result<Db, OpenError> {
    open_to(address, Purpose::MoveTo).await
}

/// Opens a database to read it as it is, beside whoever else is at work on it. Nothing is brought up to date.
///
/// # Errors
/// As [`open`]; [`OpenError::Missing`] if there is none; [`OpenError::Older`] if it is PostgreSQL with older tables.
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
