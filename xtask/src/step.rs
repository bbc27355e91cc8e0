//! What is being done, and how long it took.

use anyhow::Result;
use std::time::Instant;

/// Does one thing, and says so before and after.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("── {what} …");
    let start = Instant::now();
    let done = work()?;
    eprintln!("── {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(done)
}
