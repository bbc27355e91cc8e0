//! F40 and F41: backups while visitors write. Each holds everything that was acknowledged before it was begun, whole;
//! and brought back into an empty database, it is the same.

use super::with_postgres;
use crate::house::{Harness, House};
use crate::oracle;
use crate::report::{Outcome, ms};
use anyhow::Result;
use std::time::{Duration, Instant};

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    run(harness, &House::on_sqlite(harness)?)
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || run(harness, &House::on_postgres(harness)?))
}

fn run(harness: &Harness, house: &House<'_>) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: harness.so_many(2, 60), ..Outcome::default() };
    let collector = house.start()?;
    let visitors = house.visitors()?;
    let crowd = visitors.come(16);
    let database = house.database.address();
    let mut longest = Duration::ZERO;
    for cycle in 1..=outcome.cycles {
        crowd.until_stored(100, Duration::from_secs(10));
        let file = house.place.file(&format!("backup-{cycle}.db"));
        let name = file.display().to_string();
        let before = visitors.ledger.read()?;
        let began = Instant::now();
        house.command(&["backup", &name, "--database", &database])?;
        longest = longest.max(began.elapsed());
        let ledger = oracle::between(&before, visitors.ledger.read()?);
        if cycle == outcome.cycles {
            let again = house.place.file("again.db");
            house.command(&["restore", &name, "--database", &format!("sqlite://{}", again.display())])?;
            let findings = oracle::compare(&ledger, &oracle::read_sqlite(&again)?, u64::MAX);
            outcome.expect(findings.is_fine(), format!("brought back: {findings:?}"));
        }
        let findings = oracle::compare(&ledger, &oracle::read_sqlite(&file)?, u64::MAX);
        outcome.expect(findings.is_fine(), format!("in a backup: {findings:?}"));
        std::fs::remove_file(file)?;
    }
    crowd.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(Duration::from_secs(20))?);
    drop(collector);
    outcome.findings = house.compare_as_left(&visitors)?;
    let met = visitors.met();
    outcome.expect_no_odd_answers(&met);
    outcome.note(format!("longest backup {}, slowest answer meanwhile {}", ms(longest), ms(met.slowest)));
    Ok(outcome)
}
