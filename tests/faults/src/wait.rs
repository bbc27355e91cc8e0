//! Waiting for a state, never for a while.

use std::time::{Duration, Instant};

/// Whether it became true in time.
pub fn until(within: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if is_so() {
            return true;
        }
        if began.elapsed() >= within {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How long it took to become true, if it did in time.
pub fn how_long_until(within: Duration, is_so: impl FnMut() -> bool) -> Option<Duration> {
    let began = Instant::now();
    until(within, is_so).then(|| began.elapsed())
}
