//! Backup, restore, and the move from one database to another.
//!
//! A backup is always one SQLite file, whichever database it was taken from. Copying rows is the same for all three:
//! `copy_tables.rs` does it, for the tables of `db/schema.rs`.

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

/// A sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{file} was not written: {cause}")]
    File { file: PathBuf, cause: io::Error },
    #[error("both addresses are {0}")]
    Same(String),
    #[error("{0} is not empty, and nothing was changed there; name an empty database")]
    NotEmpty(String),
    #[error(
        "a {work} from {source_address} into this database was begun and is not finished; give that command again, \
         or name another database"
    )]
    OtherWork { work: String, source_address: String },
    #[error(
        "the rows of `{table}` are not the same on both sides, first at {key}. The source was changed after this was \
         begun; give the same command with --anew to empty the target and begin again"
    )]
    Differs { table: &'static str, key: String },
    #[error("a row of `{table}` could not be stored: {cause}")]
    Row { table: &'static str, cause: DbError },
    #[error("{0} counts are wrong; `tableside counts rebuild` makes them right")]
    Miscounted(usize),
    #[error("the database did not do it: {0}")]
    Db(#[from] DbError),
}
