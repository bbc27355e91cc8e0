//! Files that are written atomically, and locked.

pub mod atomic_file;
pub mod file_lock;
