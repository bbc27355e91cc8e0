//! SIGTERM under load, as at every upgrade. What was begun is answered or broken off, the program is gone within
//! ten seconds, and visitors send the rest again.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::time::Duration;

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    run(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || run(context, &Harness::on_postgres(context)?))
}

fn run(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(2, 60), ..FaultOutcome::default() };
    let visitors = harness.visitors()?;
    let mut slowest = Duration::ZERO;
    for _ in 0..outcome.cycles {
        let mut collector = harness.start()?;
        let pool = visitors.come(48);
        pool.until_stored(100, Duration::from_secs(10));
        let stopped = collector.stop_within(Duration::from_secs(12))?;
        pool.leave()?;
        let took = stopped.map_or(Duration::from_secs(12), |(_, took)| took);
        slowest = slowest.max(took);
        outcome.expect(took <= Duration::from_secs(10), "it is gone within 10 s");
        outcome.expect(stopped.is_none_or(|(status, _)| status.success()), "it ends without an error");
        let findings = harness.compare_as_left(&visitors)?;
        outcome.expect(findings.is_fine(), format!("after a stop: {findings:?}"));
    }
    let collector = harness.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!(
        "slowest stop {}; {} times 503, {} attempts broken off",
        ms(slowest),
        visitors.met().of(503),
        visitors.met().broken
    ));
    Ok(outcome)
}
