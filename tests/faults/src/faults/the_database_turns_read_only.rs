//! F07: nothing can be written any more. Visitors hear "not now", pages are still shown, and it goes on by itself
//! when writing works again.

use super::with_postgres;
use crate::collector::Collector;
use crate::disk::small_disk::SmallDisk;
use crate::disk::{Refusal, Switch};
use crate::house::{Database, Harness, House};
use crate::oracle;
use crate::report::Outcome;
use anyhow::{Result, bail};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);

pub fn on_sqlite(harness: &Harness) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let house = House::on_sqlite(harness)?;
    let Database::Sqlite(file) = &house.database else { bail!("this is on SQLite") };
    let switch = Switch::at(house.place.file("switch"));
    let collector = house.start_with(&shim.refusing(file, &switch))?;
    run(&house, collector, || switch.on(Refusal::WritesAsReadOnly), || switch.off())
}

pub fn on_postgres(harness: &Harness) -> Result<Outcome> {
    with_postgres(harness, || {
        let house = House::on_postgres(harness)?;
        let Database::Postgres(address) = &house.database else { bail!("this is on PostgreSQL") };
        let collector = house.start()?;
        let turn = |how: &'static str| {
            oracle::wait_for(async {
                let mut connection = PgConnection::connect(address).await?;
                sqlx::query(how).execute(&mut connection).await?;
                sqlx::query("select pg_reload_conf()").execute(&mut connection).await?;
                Ok(connection.close().await?)
            })
        };
        let outcome = run(
            &house,
            collector,
            || turn("alter system set default_transaction_read_only = on"),
            || turn("alter system reset default_transaction_read_only"),
        );
        // Other faults use the same server.
        turn("alter system reset default_transaction_read_only")?;
        outcome
    })
}

fn run(
    house: &House<'_>,
    mut collector: Collector,
    begin: impl Fn() -> Result<()>,
    end: impl Fn() -> Result<()>,
) -> Result<Outcome> {
    let mut outcome = Outcome { cycles: 1, ..Outcome::default() };
    let visitors = house.visitors()?;
    let crowd = visitors.come(16);
    crowd.until_stored(50, 10 * SECOND);
    begin()?;
    let is_refused = wait::holds_within(5 * SECOND, || visitors.met().of(503) > 30);
    outcome.expect(is_refused, "visitors hear 503 when nothing can be written");
    for page in [format!("/w/{}", house.shop), format!("/s/{}.js", house.shop)] {
        let status = collector.page(&page, SECOND);
        let page = page.replace(&house.shop, "KEY");
        outcome.expect(status == Some(200), format!("{page} is shown while nothing can be written"));
    }
    outcome.expect(
        collector.page("/readyz", SECOND) == Some(503),
        "/readyz says 503 while nothing can be written",
    );
    outcome.expect(collector.ends_within(Duration::ZERO).is_none(), "it does not stop for that");
    end()?;
    let end_at = Instant::now();
    let again =
        wait::holds_within(5 * SECOND, || visitors.met().acknowledged_at.is_some_and(|at| at > end_at));
    outcome.expect(again, "it stores again when writing works again, without a restart");
    crowd.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    outcome.findings = house.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}

pub fn before_the_start(harness: &Harness) -> Result<Outcome> {
    let disk = match SmallDisk::of("8m") {
        Ok(disk) => disk,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let mut outcome = Outcome { cycles: 1, ..Outcome::default() };
    let house = House::on_file(harness, &disk.file("tableside.db"))?;
    disk.change("ro")?;
    let (database, log) = (house.database.address(), house.place.file("log"));
    let mut collector = Collector::launch(&house.usual(&database, &log))?;
    // Either it says in one line why it cannot start, or it shows what can be read.
    let ended = collector.ends_within(3 * SECOND);
    let shows = ended.is_none() && collector.page(&format!("/w/{}", house.shop), SECOND) == Some(200);
    outcome.expect(
        shows || ended.is_some_and(|status| !status.success()),
        "it ends with an error, or shows what can be read",
    );
    let words = collector.last_words();
    outcome.expect(shows || words.to_lowercase().contains("read"), "it says that the disk is read-only");
    outcome.note(format!("last words: {words}"));
    disk.change("rw")?;
    collector.kill();
    let collector = house.start()?;
    let visitors = house.visitors()?;
    let crowd = visitors.come(4);
    outcome.expect(crowd.until_stored(10, 10 * SECOND), "it starts when the disk can be written again");
    crowd.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    drop(collector);
    outcome.findings = house.compare(&visitors)?;
    Ok(outcome)
}
