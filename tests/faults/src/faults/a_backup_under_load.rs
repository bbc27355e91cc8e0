//! Backups while visitors write. Each holds everything that was acknowledged before it was begun, whole;
//! and brought back into an empty database, it is the same.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::oracle;
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::time::{Duration, Instant};

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    run(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || run(context, &Harness::on_postgres(context)?))
}

fn run(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(2, 60), ..FaultOutcome::default() };
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let pool = visitors.come(16);
    let database = harness.database.address();
    let mut longest = Duration::ZERO;
    for cycle in 1..=outcome.cycles {
        pool.until_stored(100, Duration::from_secs(10));
        let file = harness.place.file(&format!("backup-{cycle}.db"));
        let name = file.display().to_string();
        let before = visitors.ledger.read()?;
        let began = Instant::now();
        harness.command(&["backup", &name, "--database", &database])?;
        longest = longest.max(began.elapsed());
        let ledger = oracle::between(&before, visitors.ledger.read()?);
        if cycle == outcome.cycles {
            let again = harness.place.file("again.db");
            harness.command(&["restore", &name, "--database", &format!("sqlite://{}", again.display())])?;
            let findings = oracle::compare(&ledger, &oracle::read_sqlite(&again)?, u64::MAX);
            outcome.expect(findings.is_fine(), format!("brought back: {findings:?}"));
        }
        let findings = oracle::compare(&ledger, &oracle::read_sqlite(&file)?, u64::MAX);
        outcome.expect(findings.is_fine(), format!("in a backup: {findings:?}"));
        std::fs::remove_file(file)?;
    }
    pool.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = harness.compare_as_left(&visitors)?;
    let met = visitors.met();
    outcome.expect_no_odd_answers(&met);
    outcome.note(format!("longest backup {}, slowest answer meanwhile {}", ms(longest), ms(met.slowest)));
    Ok(outcome)
}
