//! Where a fault happens: a folder of its own that is gone afterwards.

use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is removed when it is dropped.
pub struct Place(PathBuf);

static PLACES: AtomicU32 = AtomicU32::new(0);

impl Place {
    /// A new folder on the disk, where a sync costs what it costs.
    pub fn on_disk(name: &str) -> Result<Self> {
        Self::within(&std::env::temp_dir(), name)
    }

    /// A new folder in memory if the machine has one, for copies that need not last.
    pub fn in_memory(name: &str) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::within(memory, name) } else { Self::on_disk(name) }
    }

    fn within(parent: &Path, name: &str) -> Result<Self> {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("tableside-faults-{}-{number}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    /// A name in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that stays behind harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A small disk in memory, mounted at a folder of its own.
pub struct SmallDisk(Place);

impl SmallDisk {
    /// A new one of this size (`2m`), or why there is none: mounting takes the rights of root.
    pub fn of(size: &str) -> Result<Self, String> {
        let place = Place::on_disk("small-disk").map_err(|e| e.to_string())?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(place.path())
            .output();
        match mounted {
            Ok(done) if done.status.success() => Ok(Self(place)),
            Ok(done) => Err(format!(
                "a small disk cannot be mounted here ({})",
                String::from_utf8_lossy(&done.stderr).trim()
            )),
            Err(cause) => Err(format!("there is no mount here ({cause})")),
        }
    }

    /// Mounts it anew with other options, such as `size=64m` or `ro`.
    pub fn change(&self, options: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.0.path())
            .output()
            .context("there is no mount here")?;
        anyhow::ensure!(done.status.success(), "remount: {}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(())
    }

    /// A name on it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.file(name)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, so that a reader that is still closing its files does not keep the mount for ever.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).output();
    }
}
