//! The start: how soon the collector can store after it was started, and what it weighs with nothing to do.

use crate::collector;
use crate::figures::median;
use crate::targets::{self, TargetResult};
use anyhow::Result;
use std::path::Path;
use std::time::Duration;
use testkit::program;

/// How often it is started.
const STARTS: usize = 5;
/// How long it is left alone before it is weighed.
const REST: Duration = Duration::from_secs(1);

/// How many answers are in its database, of a shop that has seen to them: the rounds leave tens of thousands of complaints
/// behind that a member has to be told of, and a collector at work on those is not idle.
const RESPONSES: &str = "100000";

/// Starts the collector on a database that is there already, again and again.
///
/// # Errors
/// If it does not start or does not stop.
pub(crate) async fn measure(program: &Path, database: &str) -> Result<Vec<TargetResult>> {
    program::printed(program, database, &["demo", "seed", "--days", "730", "--responses", RESPONSES], "")?;
    let mut ready_ms = Vec::new();
    let mut idle_mb = Vec::new();
    for _ in 0..STARTS {
        let server = collector::start(program, database)?;
        ready_ms.push(server.ready_after.as_secs_f64() * 1e3);
        tokio::time::sleep(REST).await;
        idle_mb.push(server.memory()?.now);
        server.stop()?;
    }
    Ok(targets::start(median(ready_ms), median(idle_mb)))
}
