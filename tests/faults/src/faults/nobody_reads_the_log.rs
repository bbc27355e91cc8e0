//! The program that read the log is gone. What the collector has to say goes nowhere; what visitors say is kept.

use crate::collector::{Collector, Start};
use crate::disk::{DiskRefusal, Switch};
use crate::harness::{Database, Harness, RunContext};
use crate::report::FaultOutcome;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let Database::Sqlite(file) = &harness.database else { bail!("only SQLite has a disk to watch") };
    let switch = Switch::at(harness.place.file("switch"));
    let (database, log) = (harness.database.address(), harness.place.file("log"));
    let environment = shim.refusing(file, &switch);
    let start = Start { environment: &environment, talks_to_pipes: true, ..harness.usual(&database, &log) };
    let mut collector = Collector::start(&start)?;
    let visitors = harness.visitors()?;
    let pool = visitors.come(16);
    pool.until_stored(50, 10 * SECOND);
    collector.close_its_outputs();
    // Something to complain about.
    switch.on(DiskRefusal::WritesAsReadOnly)?;
    outcome.expect(
        wait::holds_within(5 * SECOND, || visitors.met().of(503) > 20),
        "visitors hear 503 when nothing can be written",
    );
    switch.off()?;
    let whole_at = Instant::now();
    let again =
        wait::holds_within(5 * SECOND, || visitors.met().acknowledged_at.is_some_and(|at| at > whole_at));
    outcome.expect(again, "it stores again, though it could not say what was wrong");
    outcome.expect(
        collector.ends_within(Duration::ZERO).is_none(),
        "it does not stop because its log is not read",
    );
    pool.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(5 * SECOND)?);
    drop(collector);
    outcome.findings = harness.compare_as_left(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
