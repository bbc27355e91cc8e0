//! Some ask a thousand times at once and read no answer. Honest visitors get through.
//!
//! What this costs in memory is noted, not judged: actix-http computes the answers to everything that one read brought
//! in, some 3,000 short requests, before it looks whether the client takes any. A bare echo does the same.

use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::time::Duration;
use testkit::connection::BlockingConnection;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let mut collector = harness.start()?;
    let visitors = harness.visitors()?;
    let before = collector.resident_mb();
    let deaf = never_reading(&harness, context.so_many(20, 100))?;
    let pool = visitors.come(4);
    outcome.expect(pool.until_stored(50, 5 * SECOND), "honest visitors get through");
    pool.leave()?;
    let during = collector.resident_mb();
    outcome.note(format!(
        "{} connections with a thousand unread answers; memory {before} → {during} MB; slowest honest answer {}",
        deaf.len(),
        ms(visitors.met().slowest)
    ));
    drop(deaf);
    outcome.expect(collector.ends_within(Duration::ZERO).is_none(), "it does not stop for that");
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}

/// Connections that ask for the frame's page a thousand times each, and read no answer.
fn never_reading(harness: &Harness<'_>, connections: usize) -> Result<Vec<BlockingConnection>> {
    let ask = format!("GET /w/{} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", harness.shop).repeat(1_000);
    (0..connections)
        .map(|_| {
            let mut connection = BlockingConnection::open(harness.address, SECOND)?;
            // A collector that stops taking more is doing the right thing.
            let _ = connection.send(ask.as_bytes());
            Ok(connection)
        })
        .collect()
}
