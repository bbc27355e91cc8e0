//! The time: the only file that asks the operating system for it.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock that tests can replace.
pub trait Clock: Send + Sync {
    /// Unix milliseconds, UTC.
    fn now_ms(&self) -> i64;
}

pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one caller of the system clock")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Names a file that holds how many milliseconds this clock is ahead of the system's.
#[cfg(debug_assertions)]
const AHEAD: &str = "TABLESIDE_TEST_CLOCK";

/// Exists in debug builds only.
#[cfg(debug_assertions)]
struct AdjustableClock(std::path::PathBuf);

#[cfg(debug_assertions)]
impl Clock for AdjustableClock {
    fn now_ms(&self) -> i64 {
        let ahead = std::fs::read_to_string(&self.0).ok().and_then(|ahead| ahead.trim().parse().ok());
        SystemClock.now_ms() + ahead.unwrap_or(0)
    }
}

/// The system's clock, unless a test has set its own.
pub fn clock() -> Arc<dyn Clock> {
    #[cfg(debug_assertions)]
    if let Some(file) = std::env::var_os(AHEAD) {
        return Arc::new(AdjustableClock(file.into()));
    }
    Arc::new(SystemClock)
}

pub const SECOND_MS: i64 = 1_000;
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
