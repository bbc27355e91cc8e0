//! `kill -9` at a random moment. Everything acknowledged is there, once, and the next start takes no longer.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::time::Duration;
use testkit::random::SplitMix64;

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    run(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || run(context, &Harness::on_postgres(context)?))
}

fn run(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(3, 150), ..FaultOutcome::default() };
    let random = SplitMix64::new(context.seed);
    let visitors = harness.visitors()?;
    let mut collector = harness.start()?;
    let mut slowest_start = collector.ready_after;
    for cycle in 0..outcome.cycles {
        let pool = visitors.come(32 + random.below(96));
        outcome.expect(pool.until_stored(1, Duration::from_secs(10)), "something is stored after each start");
        std::thread::sleep(Duration::from_millis(random.bits() % 500));
        collector.kill();
        pool.leave()?;
        // As the crash left it, before a collector recovers it.
        if cycle % context.so_many(1, 10) == 0 {
            let findings = harness.compare_as_left(&visitors)?;
            outcome.expect(findings.is_fine(), format!("after kill {}: {findings:?}", cycle + 1));
        }
        collector = harness.start()?;
        slowest_start = slowest_start.max(collector.ready_after);
    }
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(30))?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.expect(slowest_start < Duration::from_secs(2), "every start takes less than 2 s");
    outcome.note(format!("slowest start {}, {} attempts cut off", ms(slowest_start), visitors.met().broken));
    Ok(outcome)
}
