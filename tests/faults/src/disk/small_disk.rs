//! A disk that can be full.

use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::process::Command;
use testkit::tempdir::TempDir;

/// A small disk in memory, mounted at a folder of its own.
pub(crate) struct SmallDisk(TempDir);

impl SmallDisk {
    /// A new one of this size (`2m`), or why there is none: mounting takes the rights of root.
    pub(crate) fn of(size: &str) -> Result<Self, String> {
        let folder = TempDir::new("small-disk").map_err(|e| e.to_string())?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        match mounted {
            Ok(done) if done.status.success() => Ok(Self(folder)),
            Ok(done) => Err(format!(
                "a small disk cannot be mounted here ({})",
                String::from_utf8_lossy(&done.stderr).trim()
            )),
            Err(cause) => Err(format!("there is no mount here ({cause})")),
        }
    }

    /// Mounts it anew with other options, such as `size=64m` or `ro`.
    pub(crate) fn change(&self, options: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.0.path())
            .output()
            .context("there is no mount here")?;
        anyhow::ensure!(done.status.success(), "remount: {}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(())
    }

    /// A name on it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.file(name)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, so that a reader that is still closing its files does not keep the mount for ever.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}
