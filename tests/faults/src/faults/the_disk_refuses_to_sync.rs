//! The disk says that a sync failed. It is unknown from then on what is on it, so the collector stops at once and
//! says why; the next start finds everything that was acknowledged.

use crate::disk::{DiskRefusal, Switch};
use crate::harness::{Database, Harness, RunContext};
use crate::report::FaultOutcome;
use anyhow::{Result, bail};
use std::time::Duration;

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome { cycles: context.so_many(2, 40), ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let Database::Sqlite(file) = &harness.database else { bail!("only SQLite has a disk to watch") };
    let switch = Switch::at(harness.place.file("switch"));
    let visitors = harness.visitors()?;
    for _ in 0..outcome.cycles {
        let mut collector = harness.start_with(&shim.refusing(file, &switch))?;
        let pool = visitors.come(32);
        pool.until_stored(100, Duration::from_secs(10));
        switch.on(DiskRefusal::Syncs)?;
        let ended = collector.ends_within(Duration::from_secs(3));
        outcome.expect(ended.is_some(), "the program ends within 3 s when a sync fails");
        outcome.expect(
            ended.is_none_or(|status| !status.success()),
            "its exit code says that something is wrong",
        );
        outcome.expect(collector.said().contains("disk"), "it says that it is the disk");
        outcome.notes = vec![format!("last words: {}", collector.last_words())];
        pool.leave()?;
        collector.kill();
        switch.off()?;
        let findings = harness.compare_as_left(&visitors)?;
        outcome.expect(findings.is_fine(), format!("as the end left it: {findings:?}"));
    }
    let collector = harness.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
