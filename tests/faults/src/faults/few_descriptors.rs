//! Descriptors run out. New visitors have to wait; those who are there, and the database, are not cut off; and it
//! recovers when the crowd goes.

use super::with_postgres;
use crate::collector::{Collector, Start};
use crate::harness::{Harness, RunContext};
use crate::report::FaultOutcome;
use crate::visitor;
use anyhow::Result;
use std::net::TcpStream;
use std::time::Duration;
use testkit::connection::BlockingConnection;
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);
/// How many were there before the flood.
const EARLY: usize = 16;
/// Answered only after the database was asked something.
const ASK: &str = "GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    flood(context, &Harness::on_sqlite(context)?)
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || flood(context, &Harness::on_postgres(context)?))
}

fn flood(context: &RunContext, harness: &Harness<'_>) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: context.so_many(1, 10), ..FaultOutcome::default() };
    let (database, log) = (harness.database.address(), harness.place.file("log"));
    let mut collector =
        Collector::start(&Start { descriptors: Some(128), ..harness.usual(&database, &log) })?;
    let visitors = harness.visitors()?;
    for _ in 0..outcome.cycles {
        let mut early = Vec::new();
        for _ in 0..EARLY {
            let mut visitor = BlockingConnection::open(harness.address, 5 * SECOND)?;
            outcome.expect(visitor.get("/healthz")?.status == 200, "an early visitor is served");
            early.push((visitor, visitors.brief_item()));
        }
        let flood: Vec<TcpStream> = (0..context.so_many(400, 1_000))
            .filter_map(|_| TcpStream::connect_timeout(&harness.address, SECOND).ok())
            .collect();
        std::thread::sleep(SECOND);
        // All at once, so that each of them needs a connection to the database while others have theirs.
        for (visitor, item) in &mut early {
            let step = &item.steps[0];
            visitors.ledger.sent(&item.id, 0, step.rating)?;
            let sent = visitor
                .send(visitor::request(&step.body).as_bytes())
                .and_then(|()| visitor.send(ASK.as_bytes()));
            outcome.expect(sent.is_ok(), "who was there before the flood can still be heard");
        }
        for (visitor, item) in &mut early {
            let stored = visitor.receive().is_ok_and(|answer| visitor::acknowledges(&answer, &item.id));
            outcome.expect(stored, "who was there before the flood can still send");
            if stored {
                visitors.acknowledged(item)?;
            }
            let ready = visitor.receive().is_ok_and(|answer| answer.status == 200);
            outcome.expect(ready, "who was there before the flood can still read");
        }
        outcome.expect(
            collector.ends_within(Duration::ZERO).is_none(),
            "it does not stop for want of descriptors",
        );
        drop(flood);
        let again = wait::time_until(5 * SECOND, || collector.page("/readyz", SECOND) == Some(200));
        outcome.expect(again.is_some(), "newcomers are served again when the flood is over");
        let pool = visitors.come(16);
        outcome
            .expect(pool.until_stored(50, 10 * SECOND), "responses are stored again when the flood is over");
        pool.leave()?;
    }
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
