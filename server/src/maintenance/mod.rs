//! Keeping what was stored: backup, restore, and the move from one database to another.
//!
//! A backup is always one SQLite file, whichever database it was taken from. Carrying rows from one database to
//! another is the same work for all three; `carry.rs` does it, along the list in `tables.rs`.

pub mod backup;
pub(crate) mod copy_tables;
pub(crate) mod import;
pub mod migrate_database;
pub(crate) mod progress;
pub mod rebuild_counters;
pub mod restore;

use crate::db::{DbError, OpenError};
use std::io;
use std::path::PathBuf;

/// Why it was not done, in a sentence for whoever gave the command.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// One of the databases did not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file that was to be written cannot be.
    #[error("{file} was not written: {cause}")]
    File {
        /// Which.
        file: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// From and to are one.
    #[error("both addresses are {0}")]
    Same(String),
    /// Rows would be mixed with those of somebody else.
    #[error("{0} is not empty, and nothing was changed there; name an empty database")]
    NotEmpty(String),
    /// Another move or restore was begun there.
    #[error(
        "a {work} from {source_address} into this database was begun and is not finished; give that command again, \
         or name another database"
    )]
    OtherWork {
        /// `move` or `restore`.
        work: String,
        /// From where.
        source_address: String,
    },
    /// The copy is not the original.
    #[error(
        "the rows of `{table}` are not the same on both sides, first at {key}. The source was changed after this was \
         begun; give the same command with --anew to empty the target and begin again"
    )]
    Differs {
        /// In which table.
        table: &'static str,
        /// The key of the first row that differs.
        key: String,
    },
    /// A row could not be carried.
    #[error("a row of `{table}` could not be stored: {cause}")]
    Row {
        /// In which table.
        table: &'static str,
        /// What the database said.
        cause: DbError,
    },
    /// Counts are not what the stored responses make.
    #[error("{0} counts are wrong; `tableside counts rebuild` makes them right")]
    Miscounted(usize),
    /// A database did not do it.
    #[error("the database did not do it: {0}")]
    Db(#[from] DbError),
}
