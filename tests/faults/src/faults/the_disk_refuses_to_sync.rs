//! F05: the disk says that a sync failed. Nobody can know any more what is on it, so the collector stops at once and
//! says why; the next start finds everything that was acknowledged.

use crate::disk::{Refusal, Switch};
use crate::house::{Database, Harness, House};
use crate::report::Outcome;
use anyhow::{Result, bail};
use std::time::Duration;

pub fn run(harness: &Harness) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let mut outcome = Outcome { cycles: harness.so_many(2, 40), ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let Database::Sqlite(file) = &house.database else { bail!("only SQLite has a disk to watch") };
    let switch = Switch::at(house.place.file("switch"));
    let visitors = house.visitors()?;
    for _ in 0..outcome.cycles {
        let mut collector = house.start_with(&shim.refusing(file, &switch))?;
        let crowd = visitors.come(32);
        crowd.until_stored(100, Duration::from_secs(10));
        switch.on(Refusal::Syncs)?;
        let ended = collector.ends_within(Duration::from_secs(3));
        outcome.expect(ended.is_some(), "the program ends within 3 s when a sync fails");
        outcome.expect(
            ended.is_none_or(|status| !status.success()),
            "its exit code says that something is wrong",
        );
        outcome.expect(collector.said().contains("disk"), "it says that it is the disk");
        outcome.notes = vec![format!("last words: {}", collector.last_words())];
        crowd.leave()?;
        collector.kill();
        switch.off()?;
        let findings = house.compare_as_left(&visitors)?;
        outcome.expect(findings.is_fine(), format!("as the end left it: {findings:?}"));
    }
    let collector = house.start()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}
