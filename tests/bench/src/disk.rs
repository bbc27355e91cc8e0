//! The disk: how long it takes to sync, and the same one made slower. What group commit gains depends on little else.

use anyhow::Result;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use testkit::preload;
use testkit::tempdir::TempDir;

const SOURCE: &str = include_str!("slow_sync.c");

/// How often it is synced to know how long that takes.
const SYNCS: usize = 200;

/// The median time that a sync takes after four kilobytes were added to a file, as a commit adds them.
///
/// # Errors
/// If nothing can be written.
pub(crate) fn sync_takes() -> Result<Duration> {
    let folder = TempDir::new("sync")?;
    let mut file = std::fs::File::create(folder.file("file"))?;
    let mut took = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[7; 4_096])?;
        let begun = Instant::now();
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took.get(SYNCS / 2).copied().unwrap_or_default())
}

/// A library that makes every sync take longer, for the programs that are started with it.
pub(crate) struct SlowDisk {
    // Kept, because its folder goes when it is dropped.
    _folder: TempDir,
    library: PathBuf,
    by: Duration,
}

impl SlowDisk {
    /// Compiles it with the machine's C compiler.
    ///
    /// # Errors
    /// If there is none, or nowhere to put it.
    pub(crate) fn by(by: Duration) -> Result<Self> {
        let folder = TempDir::new("slow")?;
        let library = preload::compile(SOURCE, &folder.file(""))?;
        Ok(Self { _folder: folder, library, by })
    }

    /// What a program needs in its environment.
    pub(crate) fn environment(&self) -> [(String, String); 2] {
        [
            ("LD_PRELOAD".to_owned(), self.library.display().to_string()),
            ("SLOW_SYNC_US".to_owned(), self.by.as_micros().to_string()),
        ]
    }
}
