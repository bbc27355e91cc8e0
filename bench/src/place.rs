//! A folder of its own on a real disk, gone when the run is over.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

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
        // `/var/tmp` outlives a restart, so it lies on a disk; `/tmp` often does not.
        let base = match std::env::var_os("TMPDIR") {
            Some(chosen) => PathBuf::from(chosen),
            None => PathBuf::from("/var/tmp"),
        };
        let path = base.join(format!("tableside-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("no folder could be made at {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The address of a SQLite file in it.
    pub fn sqlite(&self, name: &str) -> String {
        format!("sqlite://{}", self.0.join(name).display())
    }

    /// Whether it lies in memory only.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn is_in_memory(&self) -> Result<bool> {
        Ok(rustix::fs::statfs(&self.0)?.f_type == TMPFS)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
