//! F24: the response is stored, but the answer gets lost on the way. The visitor sends the same again and gets the
//! same answer; there is one row, and it is counted once.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::http::Connection;
use crate::proxy::Proxy;
use crate::report::Outcome;
use anyhow::Result;
use std::time::Duration;

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
    let mut direct = Connection::open(house.address, PATIENCE)?;
    for _ in 0..outcome.cycles {
        let mut item = visitors.new_item();
        while let Some(step) = item.step().cloned() {
            visitors.ledger.sent(&item.id, item.next, step.rating)?;
            let lost = Connection::open(proxy.address, PATIENCE)?.post(&step.body);
            outcome.expect(lost.is_err(), "the proxy lets no answer through");
            let first = direct.post(&step.body)?;
            let second = direct.post(&step.body)?;
            outcome.expect(
                first.acknowledges(&item.id),
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
