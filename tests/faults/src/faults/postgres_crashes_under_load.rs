//! PostgreSQL is ended at once and started again, under load. What was acknowledged is there, what was in doubt
//! is sent again, and the collector has its connections back within five seconds.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || {
        let cluster = context.cluster().map_err(|e| anyhow!(e))?;
        let mut outcome = FaultOutcome { cycles: context.so_many(2, 50), ..FaultOutcome::default() };
        let harness = Harness::on_postgres(context)?;
        let collector = harness.start()?;
        let visitors = harness.visitors()?;
        let pool = visitors.come(32);
        let mut slowest = Duration::ZERO;
        for _ in 0..outcome.cycles {
            outcome.expect(pool.until_stored(100, 10 * SECOND), "it stores between two crashes");
            cluster.restart_at_once()?;
            let back_at = Instant::now();
            let again = wait::time_until(15 * SECOND, || {
                visitors.met().acknowledged_at.is_some_and(|at| at > back_at)
            });
            outcome.expect(again.is_some_and(|took| took <= 5 * SECOND), "it stores again within 5 s");
            slowest = slowest.max(again.unwrap_or(15 * SECOND));
            let findings = harness.compare(&visitors)?;
            outcome.expect(findings.is_fine(), format!("after a crash: {findings:?}"));
        }
        pool.leave()?;
        outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
        drop(collector);
        outcome.findings = harness.compare(&visitors)?;
        let met = visitors.met();
        outcome.expect_no_odd_answers(&met);
        outcome.note(format!(
            "stored again {} after PostgreSQL was back; {} times 503, slowest answer {}",
            ms(slowest),
            met.of(503),
            ms(met.slowest)
        ));
        Ok(outcome)
    })
}
