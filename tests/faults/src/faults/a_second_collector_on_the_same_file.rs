//! An operator starts a second collector on the same file. It is refused in a sentence, and the first goes on.

use crate::harness::{Harness, RunContext};
use crate::report::FaultOutcome;
use anyhow::Result;
use std::time::Duration;

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let mut collector = harness.start()?;
    let visitors = harness.visitors()?;
    let pool = visitors.come(16);
    pool.until_stored(50, Duration::from_secs(10));
    match harness.start_another() {
        Ok(_) => outcome.expect(false, "a second collector on the same file is refused"),
        Err(refusal) => outcome.note(format!("{refusal:#}")),
    }
    outcome.expect(pool.until_stored(50, Duration::from_secs(10)), "the first goes on storing");
    pool.leave()?;
    // The lock must not outlive the process that held it.
    collector.kill();
    let collector = harness.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    Ok(outcome)
}
