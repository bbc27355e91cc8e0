//! F03: SIGTERM under load, as at every upgrade. What was begun is answered or broken off, the program is gone within
//! ten seconds, and visitors send the rest again.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::report::{Outcome, ms};
use anyhow::Result;
use std::time::Duration;

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    run(harness, &House::on_sqlite(harness)?)
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || run(harness, &House::on_postgres(harness)?))
}

fn run(harness: &Harness, house: &House<'_>) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(2, 60), ..Outcome::default() };
    let visitors = house.visitors()?;
    let mut slowest = Duration::ZERO;
    for _ in 0..outcome.cycles {
        let mut collector = house.start()?;
        let crowd = visitors.come(48);
        crowd.until_stored(100, Duration::from_secs(10));
        let stopped = collector.stop_within(Duration::from_secs(12))?;
        crowd.leave()?;
        let took = stopped.map_or(Duration::from_secs(12), |(_, took)| took);
        slowest = slowest.max(took);
        outcome.expect(took <= Duration::from_secs(10), "it is gone within 10 s");
        outcome.expect(stopped.is_none_or(|(status, _)| status.success()), "it ends without an error");
        let findings = house.compare_as_left(&visitors)?;
        outcome.expect(findings.is_fine(), format!("after a stop: {findings:?}"));
    }
    let collector = house.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!(
        "slowest stop {}; {} times 503, {} attempts broken off",
        ms(slowest),
        visitors.met().of(503),
        visitors.met().broken
    ));
    Ok(outcome)
}
