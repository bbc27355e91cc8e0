//! Where a history is made up: SQLite files in a temporary folder, or a PostgreSQL of our own.

use anyhow::Result;
use pgtemp::Cluster;
use testkit::tempdir::TempDir;

/// Where a file system lies in memory: waiting for such a disk costs nothing, and nothing measured on it counts.
/// Source: `TMPFS_MAGIC` in linux/magic.h.
const TMPFS: i64 = 0x0102_1994;

/// Makes databases, and is gone when the run is over.
pub(crate) enum DatabaseServer {
    /// In files of this folder.
    Sqlite(TempDir),
    /// In this PostgreSQL.
    Postgres(Cluster),
}

impl DatabaseServer {
    /// Makes one.
    ///
    /// # Errors
    /// If there is nowhere to make it, or no PostgreSQL.
    pub(crate) fn new(name: &str, is_postgres: bool) -> Result<Self> {
        Ok(if is_postgres { Self::Postgres(Cluster::start()?) } else { Self::Sqlite(TempDir::new(name)?) })
    }

    /// The address of a new, empty database on it.
    ///
    /// # Errors
    /// If PostgreSQL makes none.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        match self {
            Self::Sqlite(folder) => Ok(folder.sqlite(&format!("{name}.db"))),
            Self::Postgres(cluster) => cluster.database(),
        }
    }
}

/// Whether the folder for temporary files lies in memory only.
///
/// # Errors
/// If the system does not say.
pub(crate) fn is_tempdir_in_memory() -> Result<bool> {
    Ok(rustix::fs::statfs(std::env::temp_dir())?.f_type == TMPFS)
}
