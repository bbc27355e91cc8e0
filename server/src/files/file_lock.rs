//! The lock that keeps a second collector from one SQLite file.
//!
//! It is the operating system's lock on a small file beside the database, `FILE.lock`, which ends with the process
//! that holds it. The file itself stays: removing it would let two programs hold two locks of the same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a short command waits for another one that migrates the tables.
const WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// While it is held, no other program serves, moves or restores this file.
#[derive(Debug)]
pub struct InstanceLock {
    /// Closing it releases the lock.
    _file: File,
}

/// A sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error(
        "another Tableside is at work on {database}{by}; a SQLite file has room for one. Stop that one first, \
         or use PostgreSQL (`tableside move`) to run several"
    )]
    Held { database: PathBuf, by: String },
    #[error("{path} cannot be written: {cause}")]
    Unwritable { path: PathBuf, cause: io::Error },
}

impl InstanceLock {
    /// # Errors
    /// [`LockError::Held`] if another program holds it; [`LockError::Unwritable`] if the lock's file cannot be made.
    pub fn acquire(database: &Path) -> Result<Self, LockError> {
        let path = sibling_path(database, ".lock");
        let unwritable = |cause| LockError::Unwritable { path: path.clone(), cause };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => {
                // For the message of the next program; the lock holds without it.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                Err(LockError::Held { database: database.to_owned(), by: holder(&mut file) })
            }
            Err(TryLockError::Error(cause)) => Err(unwritable(cause)),
        }
    }

    /// Waits for up to ten seconds.
    pub async fn wait(database: &Path) -> Result<Self, LockError> {
        let mut left = WAIT;
        loop {
            match Self::acquire(database) {
                Err(LockError::Held { .. }) if !left.is_zero() => {
                    tokio::time::sleep(LOOK_EVERY).await;
                    left = left.saturating_sub(LOOK_EVERY);
                }
                outcome => return outcome,
            }
        }
    }
}

/// ` (process 123)`, if the holder wrote its id.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut text));
    match read.ok().and_then(|_| text.parse::<u32>().ok()) {
        Some(id) => format!(" (process {id})"),
        None => String::new(),
    }
}

/// The same path with something appended to the name.
pub(crate) fn sibling_path(file: &Path, ending: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}
