//! Waiting for a state, never for a fixed time.

#[cfg(feature = "suites")]
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// The longest that any state may take to come. Generous, because two cores may do other work; only what is broken
/// ever waits this long.
pub const TIMEOUT: Duration = Duration::from_secs(20);
/// How often [`until`] looks.
#[cfg(feature = "suites")]
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// How often the blocking functions look: their callers measure how long a state takes to come.
const BLOCKING_LOOK_EVERY: Duration = Duration::from_millis(1);

/// Looks until the state is there.
///
/// # Panics
/// If it does not come, with its name and what was there instead.
#[cfg(feature = "suites")]
pub async fn until<T, E: Debug, F: Future<Output = Result<T, E>>>(
    state: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let start = Instant::now();
    loop {
        match look().await {
            Ok(seen) => return seen,
            Err(instead) if start.elapsed() > TIMEOUT => {
                panic!("waited {} s for this, in vain: {state}. Instead: {instead:?}", TIMEOUT.as_secs())
            }
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

/// Whether it became true in time; blocks the thread.
pub fn holds_within(time: Duration, is_so: impl FnMut() -> bool) -> bool {
    time_until(time, is_so).is_some()
}

/// How long it took to become true, if it did in time; blocks the thread.
pub fn time_until(at_most: Duration, mut is_so: impl FnMut() -> bool) -> Option<Duration> {
    let start = Instant::now();
    loop {
        if is_so() {
            return Some(start.elapsed());
        }
        if start.elapsed() >= at_most {
            return None;
        }
        std::thread::sleep(BLOCKING_LOOK_EVERY);
    }
}
