//! F46: somebody starts a second collector on the same file. It is refused in a sentence, and the first goes on.

use crate::house::{Harness, House};
use crate::report::Outcome;
use anyhow::Result;
use std::time::Duration;

pub fn run(harness: &Harness) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: 1, ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let mut collector = house.start()?;
    let visitors = house.visitors()?;
    let crowd = visitors.come(16);
    crowd.until_stored(50, Duration::from_secs(10));
    match house.start_another() {
        Ok(_) => outcome.expect(false, "a second collector on the same file is refused"),
        Err(refusal) => outcome.note(format!("{refusal:#}")),
    }
    outcome.expect(crowd.until_stored(50, Duration::from_secs(10)), "the first goes on storing");
    crowd.leave()?;
    // The lock must not outlive whoever held it.
    collector.kill();
    let collector = house.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    Ok(outcome)
}
