//! A disk that can be watched and made to fail: a small library that stands between a program and its files.

pub(crate) mod image;
pub(crate) mod recording;
pub(crate) mod small_disk;

use anyhow::Result;
use std::path::{Path, PathBuf};
use testkit::preload;
use testkit::tempdir::TempDir;

const SOURCE: &str = include_str!("shim.c");

/// The library, compiled on this machine.
pub(crate) struct Shim {
    // Kept, because its folder goes when it is dropped.
    _place: TempDir,
    library: PathBuf,
}

/// What a disk can refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskRefusal {
    /// To sync: "input/output error".
    Syncs,
    /// One write in seven: "input/output error".
    SomeWrites,
    /// All writes: "read-only file system".
    WritesAsReadOnly,
}

impl Shim {
    /// Compiles it with the machine's C compiler.
    pub(crate) fn compile() -> Result<Self> {
        let place = TempDir::new("shim")?;
        let library = preload::compile(SOURCE, &place.file(""))?;
        Ok(Self { _place: place, library })
    }

    /// What a program needs in its environment so that everything done to this database is recorded.
    pub(crate) fn recording(&self, database: &Path, log: &Path) -> Vec<(String, String)> {
        self.environment(database, "SHIM_LOG", log)
    }

    /// What a program needs in its environment so that this database can be made to fail.
    pub(crate) fn refusing(&self, database: &Path, switch: &Switch) -> Vec<(String, String)> {
        self.environment(database, "SHIM_REFUSE", &switch.0)
    }

    fn environment(&self, database: &Path, key: &str, value: &Path) -> Vec<(String, String)> {
        [("LD_PRELOAD", self.library.as_path()), ("SHIM_FILE", database), (key, value)]
            .map(|(key, value)| (key.to_owned(), value.display().to_string()))
            .into()
    }
}

/// Turns a refusal on and off while the program runs.
pub(crate) struct Switch(PathBuf);

impl Switch {
    /// A switch that is off.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// From now on this is refused.
    pub(crate) fn on(&self, refusal: DiskRefusal) -> Result<()> {
        // Source: errno(3) on Linux: EIO is 5, EROFS is 30.
        let words = match refusal {
            DiskRefusal::Syncs => "s 5",
            DiskRefusal::SomeWrites => "p 5",
            DiskRefusal::WritesAsReadOnly => "w 30",
        };
        // Renamed into place, so that the shim never reads half of it.
        let draft = self.0.with_extension("draft");
        std::fs::write(&draft, words)?;
        Ok(std::fs::rename(&draft, &self.0)?)
    }

    /// From now on everything works again.
    pub(crate) fn off(&self) -> Result<()> {
        Ok(std::fs::remove_file(&self.0)?)
    }
}
