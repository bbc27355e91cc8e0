//! F15: thousands of connections that say nothing. Health is still answered, memory stays small, honest visitors get
//! through.

use crate::house::{Harness, House};
use crate::report::{Outcome, ms};
use anyhow::Result;
use std::net::TcpStream;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MEMORY_MAX_MB: u64 = 128;

pub fn run(harness: &Harness) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: 1, ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let collector = house.start()?;
    let visitors = house.visitors()?;
    let before = collector.resident_mb();
    let flood: Vec<TcpStream> = (0..harness.so_many(2_000, 10_000))
        .map_while(|_| TcpStream::connect_timeout(&house.address, SECOND).ok())
        .collect();
    outcome.expect(
        collector.page("/healthz", SECOND) == Some(200),
        "/healthz answers within 1 s during the flood",
    );
    let crowd = visitors.come(8);
    outcome.expect(crowd.until_stored(100, 5 * SECOND), "honest visitors get through during the flood");
    let during = collector.resident_mb();
    outcome.expect(during <= MEMORY_MAX_MB, format!("memory stays below {MEMORY_MAX_MB} MB ({during} MB)"));
    crowd.leave()?;
    outcome.note(format!(
        "{} idle connections; memory {before} → {during} MB; slowest honest answer {}",
        flood.len(),
        ms(visitors.met().slowest)
    ));
    drop(flood);
    outcome.expect(collector.page("/readyz", SECOND) == Some(200), "it is ready when the flood is over");
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
