//! F01: `kill -9` at a random moment. Everything acknowledged is there, once, and the next start takes no longer.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::report::{Outcome, ms};
use anyhow::Result;
use std::time::Duration;
use testkit::random::SplitMix64;

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    run(harness, &House::on_sqlite(harness)?)
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || run(harness, &House::on_postgres(harness)?))
}

fn run(harness: &Harness, house: &House<'_>) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(3, 150), ..Outcome::default() };
    let random = SplitMix64::new(harness.seed);
    let visitors = house.visitors()?;
    let mut collector = house.start()?;
    let mut slowest_start = collector.ready_after;
    for cycle in 0..outcome.cycles {
        let crowd = visitors.come(32 + random.below(96));
        outcome
            .expect(crowd.until_stored(1, Duration::from_secs(10)), "something is stored after each start");
        std::thread::sleep(Duration::from_millis(random.bits() % 500));
        collector.kill();
        crowd.leave()?;
        // As the crash left it, before anybody recovers it.
        if cycle % harness.so_many(1, 10) == 0 {
            let findings = house.compare_as_left(&visitors)?;
            outcome.expect(findings.is_fine(), format!("after kill {}: {findings:?}", cycle + 1));
        }
        collector = house.start()?;
        slowest_start = slowest_start.max(collector.ready_after);
    }
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(30))?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.expect(slowest_start < Duration::from_secs(2), "every start takes less than 2 s");
    outcome.note(format!("slowest start {}, {} attempts cut off", ms(slowest_start), visitors.met().broken));
    Ok(outcome)
}
