//! F13: descriptors run out. New visitors have to wait; those who are there, and the database, are not cut off; and it
//! recovers when the crowd goes.

use crate::collector::{Collector, Start};
use crate::house::{Harness, House};
use crate::http::Connection;
use crate::report::Outcome;
use crate::wait;
use anyhow::Result;
use std::net::TcpStream;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

pub fn run(harness: &Harness) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(1, 10), ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let (database, log) = (house.database.address(), house.place.file("log"));
    let mut collector = Collector::start(&Start { descriptors: Some(128), ..house.usual(&database, &log) })?;
    let visitors = house.visitors()?;
    for _ in 0..outcome.cycles {
        let mut item = visitors.brief_item();
        let mut early = Connection::open(house.address, 5 * SECOND)?;
        outcome.expect(early.get("/healthz")?.status == 200, "an early visitor is served");
        let flood: Vec<TcpStream> = (0..harness.so_many(400, 1_000))
            .filter_map(|_| TcpStream::connect_timeout(&house.address, SECOND).ok())
            .collect();
        std::thread::sleep(SECOND);
        let step = item.steps[0].clone();
        visitors.ledger.sent(&item.id, 0, step.rating)?;
        let stored = early.post(&step.body).is_ok_and(|answer| answer.acknowledges(&item.id));
        outcome.expect(stored, "who was there before the flood can still send");
        if stored {
            visitors.acknowledged(&mut item)?;
        }
        outcome.expect(collector.ended(Duration::ZERO).is_none(), "it does not stop for want of descriptors");
        drop(flood);
        let again = wait::how_long_until(5 * SECOND, || collector.page("/readyz", SECOND) == Some(200));
        outcome.expect(again.is_some(), "newcomers are served again when the flood is over");
        let crowd = visitors.come(16);
        outcome
            .expect(crowd.until_stored(50, 10 * SECOND), "responses are stored again when the flood is over");
        crowd.leave()?;
    }
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
