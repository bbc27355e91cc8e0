//! F06: some writes fail in the middle of a transaction. A response is there with everything that belongs to it, or
//! not at all, and the collector goes on when the disk does.

use crate::disk::{Refusal, Switch};
use crate::house::{Database, Harness, House};
use crate::report::Outcome;
use anyhow::{Result, bail};
use std::time::{Duration, Instant};
use testkit::wait;

pub fn run(harness: &Harness) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let mut outcome = Outcome { cycles: harness.so_many(3, 60), ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let Database::Sqlite(file) = &house.database else { bail!("only SQLite has a disk to watch") };
    let switch = Switch::at(house.place.file("switch"));
    let visitors = house.visitors()?;
    let mut collector = house.start_with(&shim.refusing(file, &switch))?;
    let crowd = visitors.come(32);
    let mut ends = 0;
    for _ in 0..outcome.cycles {
        crowd.until_stored(50, Duration::from_secs(10));
        switch.on(Refusal::SomeWrites)?;
        std::thread::sleep(Duration::from_millis(300));
        let findings = house.compare(&visitors)?;
        outcome.expect(findings.is_fine(), format!("while writes fail: {findings:?}"));
        switch.off()?;
        let whole_at = Instant::now();
        // Stopping is an honest answer to a disk that fails, too.
        if collector.ends_within(Duration::ZERO).is_some() {
            ends += 1;
            collector = house.start_with(&shim.refusing(file, &switch))?;
        }
        let again = wait::holds_within(Duration::from_secs(2), || {
            visitors.met().acknowledged_at.is_some_and(|at| at > whole_at)
        });
        outcome.expect(again, "it stores again when the disk writes again");
    }
    crowd.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!("{} times 503, {ends} times it stopped by itself", visitors.met().of(503)));
    Ok(outcome)
}
