//! F24: the response is stored, but the answer gets lost on the way. The visitor sends the same again and gets the
//! same answer; there is one row, and it is counted once.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::proxy::Proxy;
use crate::report::Outcome;
use crate::visitor;
use anyhow::Result;
use std::time::Duration;
use testkit::connection::BlockingConnection;

const PATIENCE: Duration = Duration::from_secs(10);

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    run(harness, &House::on_sqlite(harness)?)
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || run(harness, &House::on_postgres(harness)?))
}

fn run(harness: &Harness, house: &House<'_>) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(20, 2_000), ..Outcome::default() };
    let collector = house.start()?;
    let visitors = house.visitors()?;
    let proxy = Proxy::that_eats_answers(house.address)?;
    let mut direct = BlockingConnection::open(house.address, PATIENCE)?;
    for _ in 0..outcome.cycles {
        let mut item = visitors.new_item();
        while let Some(step) = item.step().cloned() {
            visitors.ledger.sent(&item.id, item.next, step.rating)?;
            let mut lossy = BlockingConnection::open(proxy.address, PATIENCE)?;
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
    outcome.findings = house.compare(&visitors)?;
    Ok(outcome)
}
