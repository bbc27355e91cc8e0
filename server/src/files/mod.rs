//! Files that are written whole, and locked.

pub mod atomic_file;
pub mod file_lock;
