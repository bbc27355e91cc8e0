//! The response is stored, but the answer gets lost on the way. The visitor sends the same again and gets the
//! same answer; there is one row, and it is counted once.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::proxy::Proxy;
use crate::report::FaultOutcome;
use crate::visitor;
use anyhow::Result;
use std::time::Duration;
use testkit::connection::BlockingConnection;

const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    run(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || run(context, &Harness::on_postgres(context)?))
}

fn run(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(20, 2_000), ..FaultOutcome::default() };
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let proxy = Proxy::that_eats_answers(harness.address)?;
    let mut direct = BlockingConnection::open(harness.address, TIMEOUT)?;
    for _ in 0..outcome.cycles {
        let mut item = visitors.new_item();
        while let Some(step) = item.step().cloned() {
            visitors.ledger.sent(&item.id, item.next, step.rating)?;
            let mut lossy = BlockingConnection::open(proxy.address, TIMEOUT)?;
            let lost = visitor::post(&mut lossy, &step.body);
            outcome.expect(lost.is_err(), "the proxy lets no answer through");
            let first = visitor::post(&mut direct, &step.body)?;
            let second = visitor::post(&mut direct, &step.body)?;
            outcome.expect(
                visitor::acknowledges(&first, &item.id),
                format!("the second attempt is acknowledged: {first:?}"),
            );
            outcome.expect(first == second, "every attempt gets the same answer");
            visitors.acknowledged(&mut item)?;
        }
    }
    outcome.expect(proxy.eaten() >= outcome.cycles, "an answer was eaten in every cycle");
    outcome.note(format!("{} answers were eaten after the commit", proxy.eaten()));
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    Ok(outcome)
}
