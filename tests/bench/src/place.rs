//! A folder of its own on a real disk, gone when the run is over.

use anyhow::{Context, Result};
use pgtemp::Cluster;
use std::path::PathBuf;

/// Where a file system lies in memory: waiting for such a disk costs nothing, and nothing measured on it counts.
/// Source: `TMPFS_MAGIC` in linux/magic.h.
const TMPFS: i64 = 0x0102_1994;

/// A folder that is removed when it is dropped.
pub struct Place(PathBuf);

impl Place {
    /// Makes one.
    ///
    /// # Errors
    /// If there is nowhere to make it.
    pub fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("tableside-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("no folder could be made at {}", path.display()))?;
        Ok(Self(path))
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of a SQLite file in it.
    pub fn sqlite(&self, name: &str) -> String {
        format!("sqlite://{}", self.file(name).display())
    }
}

/// Where a history is made up: a file of SQLite's, or a PostgreSQL of our own.
pub enum Ground {
    /// In this folder.
    Sqlite(Place),
    /// In this cluster, gone when the run is over.
    Postgres(Cluster),
}

impl Ground {
    /// Makes one.
    ///
    /// # Errors
    /// If there is nowhere to make it, or no PostgreSQL.
    pub fn new(name: &str, is_postgres: bool) -> Result<Self> {
        Ok(if is_postgres { Self::Postgres(Cluster::start()?) } else { Self::Sqlite(Place::new(name)?) })
    }

    /// The address of a new, empty database on it.
    ///
    /// # Errors
    /// If PostgreSQL makes none.
    pub fn database(&self, name: &str) -> Result<String> {
        match self {
            Self::Sqlite(place) => Ok(place.sqlite(&format!("{name}.db"))),
            Self::Postgres(cluster) => cluster.database(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether the folder for temporary files lies in memory only.
///
/// # Errors
/// If the system does not say.
pub fn is_in_memory() -> Result<bool> {
    Ok(rustix::fs::statfs(std::env::temp_dir())?.f_type == TMPFS)
}
