//! The day on which a test takes place: the same one whenever the tests run.

#[cfg(feature = "suites")]
use jiff::Timestamp;
#[cfg(feature = "suites")]
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The variable that chooses another day: an instant such as `2024-02-29T10:00:00Z`. `cargo xtask test` runs the suites
/// that depend on days at several.
#[cfg(feature = "suites")]
const START: &str = "TABLESIDE_TEST_START";
/// A Wednesday, so that no Monday with its weekly mail lies within the next few days.
#[cfg(feature = "suites")]
const USUAL_START: &str = "2026-06-17T10:00:00Z";

/// How far the test's clock is ahead of the machine's, in milliseconds; the same for as long as this process lives.
#[cfg(feature = "suites")]
pub fn ahead_ms() -> i64 {
    static AHEAD_MS: OnceLock<i64> = OnceLock::new();
    *AHEAD_MS.get_or_init(|| {
        let start = std::env::var(START).unwrap_or_else(|_| USUAL_START.to_owned());
        let start: Timestamp =
            start.parse().unwrap_or_else(|e| panic!("{START} must be an instant, and is {start:?}: {e}"));
        start.as_millisecond() - machine_now_ms()
    })
}

/// The test's time, as a collector that was just started has it: Unix milliseconds, UTC.
#[cfg(feature = "suites")]
pub fn now_ms() -> i64 {
    machine_now_ms() + ahead_ms()
}

/// The machine's time: Unix milliseconds, UTC. A browser has no other.
#[expect(clippy::disallowed_methods, reason = "the tests' one caller of the system clock")]
pub fn machine_now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is after 1970");
    i64::try_from(since.as_millis()).expect("and before the year 292,000,000")
}
