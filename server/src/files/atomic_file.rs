//! A file that appears whole or not at all, readable by its owner alone.

use crate::files::file_lock::sibling_path;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Written under another name; removed when it is dropped unfinished.
#[derive(Debug)]
pub struct AtomicFile {
    part: PathBuf,
    whole: PathBuf,
    is_finished: bool,
}

impl AtomicFile {
    /// Creates an empty file; fails if the final name exists.
    pub fn begin(whole: &Path) -> io::Result<Self> {
        if whole.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "it is there already, and stays as it is",
            ));
        }
        let part = sibling_path(whole, ".part");
        // An unfinished file of an earlier attempt is useless.
        match fs::remove_file(&part) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        make_private(&part)?;
        Ok(Self { part, whole: whole.to_owned(), is_finished: false })
    }

    pub fn part_path(&self) -> &Path {
        &self.part
    }

    /// Syncs it and gives it its final name.
    pub fn finish(mut self) -> io::Result<()> {
        File::open(&self.part)?.sync_all()?;
        fs::rename(&self.part, &self.whole)?;
        self.is_finished = true;
        sync_folder_of(&self.whole)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Readable by its owner alone; fails if it exists.
pub fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// A rename is durable when the folder is synced.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}
