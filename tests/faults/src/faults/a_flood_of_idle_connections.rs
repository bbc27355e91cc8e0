//! Thousands of connections that say nothing. Health is still answered, memory stays small, honest visitors get
//! through.

use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::net::TcpStream;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MEMORY_MAX_MB: u64 = 128;

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let before = collector.resident_mb();
    let flood: Vec<TcpStream> = (0..context.so_many(2_000, 10_000))
        .map_while(|_| TcpStream::connect_timeout(&harness.address, SECOND).ok())
        .collect();
    outcome.expect(
        collector.page("/healthz", SECOND) == Some(200),
        "/healthz answers within 1 s during the flood",
    );
    let pool = visitors.come(8);
    outcome.expect(pool.until_stored(100, 5 * SECOND), "honest visitors get through during the flood");
    let during = collector.resident_mb();
    outcome.expect(during <= MEMORY_MAX_MB, format!("memory stays below {MEMORY_MAX_MB} MB ({during} MB)"));
    pool.leave()?;
    outcome.note(format!(
        "{} idle connections; memory {before} → {during} MB; slowest honest answer {}",
        flood.len(),
        ms(visitors.met().slowest)
    ));
    drop(flood);
    outcome.expect(collector.page("/readyz", SECOND) == Some(200), "it is ready when the flood is over");
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
