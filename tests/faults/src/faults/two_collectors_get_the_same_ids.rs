//! Two collectors on one PostgreSQL get the same requests at the same moment, and then one of them is killed.
//! One row each, counted once; both give the same answer, and the other carries on.

use super::with_postgres;
use crate::harness::{Harness, RunContext};
use crate::load::Visitors;
use crate::report::FaultOutcome;
use crate::visitor;
use anyhow::{Result, anyhow};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;
use testkit::connection::BlockingConnection;

const SECOND: Duration = Duration::from_secs(1);
const PAIRS_OF_HANDS: u64 = 8;

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || {
        let mut outcome = FaultOutcome { cycles: context.so_many(200, 10_000), ..FaultOutcome::default() };
        let harness = Harness::on_postgres(context)?;
        let one = harness.start()?;
        let mut other = harness.start_another()?;
        let visitors = harness.visitors_to(vec![one.address, other.address], None)?;
        // Others are there, too, so that batches differ.
        let pool = visitors.come(8);
        let odd = Mutex::new(Vec::new());
        let both = [one.address, other.address];
        std::thread::scope(|scope| {
            let senders: Vec<_> = (0..PAIRS_OF_HANDS)
                .map(|_| scope.spawn(|| send_twice(&visitors, both, outcome.cycles / PAIRS_OF_HANDS, &odd)))
                .collect();
            senders.into_iter().try_for_each(|s| s.join().map_err(|_| anyhow!("a sender panicked"))?)
        })?;
        for odd in odd.into_inner().unwrap_or_default().into_iter().take(3) {
            outcome.expect(false, odd);
        }
        other.kill();
        pool.leave()?;
        // Half of them try the dead one first, and then another visitor takes the turn.
        outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
        drop(one);
        outcome.findings = harness.compare(&visitors)?;
        outcome.expect_no_odd_answers(&visitors.met());
        Ok(outcome)
    })
}

/// Sends each request to both collectors before it reads an answer of either.
fn send_twice(
    visitors: &Visitors,
    both: [SocketAddr; 2],
    items: u64,
    odd: &Mutex<Vec<String>>,
) -> Result<()> {
    let mut connections =
        [BlockingConnection::open(both[0], 10 * SECOND)?, BlockingConnection::open(both[1], 10 * SECOND)?];
    for _ in 0..items {
        let mut item = visitors.new_item();
        while let Some(step) = item.step().cloned() {
            visitors.ledger.sent(&item.id, item.next, step.rating)?;
            for connection in &mut connections {
                connection.send(visitor::request(&step.body).as_bytes())?;
            }
            let answers = [connections[0].receive()?, connections[1].receive()?];
            if answers[0] != answers[1] {
                let text = format!("two collectors answer alike: {:?} and {:?}", answers[0], answers[1]);
                odd.lock().map_err(|_| anyhow!("a sender panicked"))?.push(text);
            }
            if answers.iter().any(|answer| visitor::acknowledges(answer, &item.id)) {
                visitors.acknowledged(&mut item)?;
            } else {
                visitors.keep(item.clone());
                break;
            }
        }
    }
    Ok(())
}
