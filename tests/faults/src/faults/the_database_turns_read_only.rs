//! Nothing can be written any more. Visitors hear "not now", pages are still shown, and it goes on by itself
//! when writing works again.

use super::with_postgres;
use crate::collector::Collector;
use crate::disk::small_disk::SmallDisk;
use crate::disk::{DiskRefusal, Switch};
use crate::harness::{Database, Harness, RunContext};
use crate::oracle;
use crate::report::FaultOutcome;
use anyhow::{Result, bail};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let harness = Harness::on_sqlite(context)?;
    let Database::Sqlite(file) = &harness.database else { bail!("this is on SQLite") };
    let switch = Switch::at(harness.place.file("switch"));
    let collector = harness.start_with(&shim.refusing(file, &switch))?;
    run(&harness, collector, || switch.on(DiskRefusal::WritesAsReadOnly), || switch.off())
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || {
        let harness = Harness::on_postgres(context)?;
        let Database::Postgres(address) = &harness.database else { bail!("this is on PostgreSQL") };
        let collector = harness.start()?;
        let turn = |how: &'static str| {
            oracle::wait_for(async {
                let mut connection = PgConnection::connect(address).await?;
                sqlx::query(how).execute(&mut connection).await?;
                sqlx::query("select pg_reload_conf()").execute(&mut connection).await?;
                Ok(connection.close().await?)
            })
        };
        let outcome = run(
            &harness,
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
    harness: &Harness<'_>,
    mut collector: Collector,
    begin: impl Fn() -> Result<()>,
    end: impl Fn() -> Result<()>,
) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let visitors = harness.visitors()?;
    let pool = visitors.come(16);
    pool.until_stored(50, 10 * SECOND);
    begin()?;
    let is_refused = wait::holds_within(5 * SECOND, || visitors.met().of(503) > 30);
    outcome.expect(is_refused, "visitors hear 503 when nothing can be written");
    for page in [format!("/w/{}", harness.shop), format!("/s/{}.js", harness.shop)] {
        let status = collector.page(&page, SECOND);
        let page = page.replace(&harness.shop, "KEY");
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
    pool.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    Ok(outcome)
}

pub(crate) fn before_the_start(context: &RunContext) -> Result<FaultOutcome> {
    let disk = match SmallDisk::of("8m") {
        Ok(disk) => disk,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_file(context, &disk.file("tableside.db"))?;
    disk.change("ro")?;
    let (database, log) = (harness.database.address(), harness.place.file("log"));
    let mut collector = Collector::launch(&harness.usual(&database, &log))?;
    // Either it says in one line why it cannot start, or it shows what can be read.
    let ended = collector.ends_within(3 * SECOND);
    let shows = ended.is_none() && collector.page(&format!("/w/{}", harness.shop), SECOND) == Some(200);
    outcome.expect(
        shows || ended.is_some_and(|status| !status.success()),
        "it ends with an error, or shows what can be read",
    );
    let words = collector.last_words();
    outcome.expect(shows || words.to_lowercase().contains("read"), "it says that the disk is read-only");
    outcome.note(format!("last words: {words}"));
    disk.change("rw")?;
    collector.kill();
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let pool = visitors.come(4);
    outcome.expect(pool.until_stored(10, 10 * SECOND), "it starts when the disk can be written again");
    pool.leave()?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    drop(collector);
    outcome.findings = harness.compare(&visitors)?;
    Ok(outcome)
}
