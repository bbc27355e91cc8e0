//! One SQLite file has room for one collector: the lock that says so.
//!
//! It is the operating system's lock on a small file beside the database, `FILE.lock`. It is gone when its holder is,
//! however that came about. The file itself stays, since taking it away would let two programs hold two locks of the
//! same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a short command waits for another one that is bringing the tables up to date.
const WAIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Held, nobody else serves, moves or restores this file.
#[derive(Debug)]
pub struct InstanceLock {
    /// Closing it lets go.
    _file: File,
}

/// Why the lock is not ours, in a sentence for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error(
        "another Tableside is at work on {database}{by}; a SQLite file has room for one. Stop that one first, \
         or use PostgreSQL (`tableside move`) to run several"
    )]
    Held {
        /// The database's file.
        database: PathBuf,
        /// Who, as far as is known.
        by: String,
    },
    /// The file beside the database cannot be made.
    #[error("{path} cannot be written: {cause}")]
    Unwritable {
        /// The lock's file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
}

impl InstanceLock {
    /// Takes the lock that belongs to a database's file.
    ///
    /// # Errors
    /// [`LockError::Held`] if somebody else is at work there; [`LockError::Unwritable`] if it cannot be told.
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
                // Only to tell the next one who we are; the lock holds without it.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                Err(LockError::Held { database: database.to_owned(), by: holder(&mut file) })
            }
            Err(TryLockError::Error(cause)) => Err(unwritable(cause)),
        }
    }

    /// Takes the lock as soon as whoever has it lets go, within ten seconds.
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

/// ` (process 123)`, if the holder wrote it down.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut text));
    match read.ok().and_then(|_| text.parse::<u32>().ok()) {
        Some(id) => format!(" (process {id})"),
        None => String::new(),
    }
}

/// The path of a file beside another: the same name and something after it.
pub(crate) fn sibling_path(file: &Path, ending: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}
