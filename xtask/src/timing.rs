//! Prints what a task does, and how long it took.

use anyhow::Result;
use std::time::Instant;

/// Runs `work`, and prints `what` before it and with the time after it.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("── {what} …");
    let start = Instant::now();
    let done = work()?;
    eprintln!("── {what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(done)
}
