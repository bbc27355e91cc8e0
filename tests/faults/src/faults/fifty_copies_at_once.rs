//! T08: the same request fifty times at the same moment, over fifty connections. One row, counted once, and the same
//! answer to all.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::report::Outcome;
use crate::visitor;
use anyhow::{Result, anyhow};
use std::sync::Barrier;
use std::time::Duration;
use testkit::connection::{BlockingConnection, RawResponse};

const COPIES: usize = 50;
const PATIENCE: Duration = Duration::from_secs(10);

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    run(harness, &House::on_sqlite(harness)?)
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || run(harness, &House::on_postgres(harness)?))
}

fn run(harness: &Harness, house: &House<'_>) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(10, 500), ..Outcome::default() };
    let collector = house.start()?;
    let visitors = house.visitors()?;
    let mut connections = Vec::new();
    for _ in 0..COPIES {
        connections.push(BlockingConnection::open(house.address, PATIENCE)?);
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
    outcome.findings = house.compare(&visitors)?;
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
