//! Some writes fail in the middle of a transaction. A response is there with everything that belongs to it, or
//! not at all, and the collector goes on when the disk does.

use crate::disk::{DiskRefusal, Switch};
use crate::harness::{Database, Harness, RunContext};
use crate::report::FaultOutcome;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};
use testkit::wait;

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome { cycles: context.so_many(3, 60), ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let Database::Sqlite(file) = &harness.database else { bail!("only SQLite has a disk to watch") };
    let switch = Switch::at(harness.place.file("switch"));
    let visitors = harness.visitors()?;
    let mut collector = harness.start_with(&shim.refusing(file, &switch))?;
    let pool = visitors.come(32);
    let mut ends = 0;
    for _ in 0..outcome.cycles {
        pool.until_stored(50, Duration::from_secs(10));
        switch.on(DiskRefusal::SomeWrites)?;
        std::thread::sleep(Duration::from_millis(300));
        let findings = harness.compare(&visitors)?;
        outcome.expect(findings.is_fine(), format!("while writes fail: {findings:?}"));
        switch.off()?;
        let whole_at = Instant::now();
        // Stopping is an honest answer to a disk that fails, too.
        if collector.ends_within(Duration::ZERO).is_some() {
            ends += 1;
            collector = harness.start_with(&shim.refusing(file, &switch))?;
        }
        let again = wait::holds_within(Duration::from_secs(2), || {
            visitors.met().acknowledged_at.is_some_and(|at| at > whole_at)
        });
        outcome.expect(again, "it stores again when the disk writes again");
    }
    pool.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!("{} times 503, {ends} times it stopped by itself", visitors.met().of(503)));
    Ok(outcome)
}
