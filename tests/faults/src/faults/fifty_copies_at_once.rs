//! The same request fifty times at the same moment, over fifty connections. One row, counted once, and the same
//! answer to all.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::report::FaultOutcome;
use crate::visitor;
use anyhow::{Result, anyhow};
use std::sync::Barrier;
use std::time::Duration;
use testkit::connection::{BlockingConnection, RawResponse};

const COPIES: usize = 50;
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    run(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || run(context, &Harness::on_postgres(context)?))
}

fn run(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(10, 500), ..FaultOutcome::default() };
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let mut connections = Vec::new();
    for _ in 0..COPIES {
        connections.push(BlockingConnection::open(harness.address, TIMEOUT)?);
    }
    for _ in 0..outcome.cycles {
        let mut item = visitors.brief_item();
        let step = item.steps[0].clone();
        visitors.ledger.sent(&item.id, 0, step.rating)?;
        let answers = all_at_once(&mut connections, &step.body)?;
        let first = &answers[0];
        outcome.expect(
            visitor::acknowledges(first, &item.id),
            format!("all copies are acknowledged: {first:?}"),
        );
        outcome.expect(answers.iter().all(|a| a == first), "all copies get the same answer");
        visitors.acknowledged(&mut item)?;
    }
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    Ok(outcome)
}

fn all_at_once(connections: &mut [BlockingConnection], body: &str) -> Result<Vec<RawResponse>> {
    let ready = Barrier::new(connections.len());
    std::thread::scope(|scope| {
        let senders: Vec<_> = connections
            .iter_mut()
            .map(|connection| {
                scope.spawn(|| {
                    ready.wait();
                    visitor::post(connection, body)
                })
            })
            .collect();
        senders.into_iter().map(|s| s.join().map_err(|_| anyhow!("a sender panicked"))?).collect()
    })
}
