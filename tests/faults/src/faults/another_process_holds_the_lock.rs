//! Another process holds the lock, for a backup or in an admin's shell. Visitors wait three seconds at
//! most and hear "not now"; nothing piles up, and nothing is lost.

use super::with_postgres;
use crate::harness::{Database, Harness, RunContext};
use crate::oracle;
use crate::report::{FaultOutcome, ms};
use anyhow::{Result, anyhow, bail};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::future::Future;
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);
/// Three seconds are promised; a busy machine and a debug build may take a little longer to say it.
const ANSWERED_WITHIN: Duration = Duration::from_secs(4);

pub(crate) fn on_sqlite(context: &RunContext) -> Result<FaultOutcome> {
    let harness = Harness::on_sqlite(context)?;
    let Database::Sqlite(file) = &harness.database else { bail!("this is on SQLite") };
    run(context, &harness, |held| async move {
        let mut connection = oracle::open(file).await?;
        sqlx::query("begin immediate").execute(&mut connection).await?;
        held.await;
        sqlx::query("rollback").execute(&mut connection).await?;
        Ok(connection.close().await?)
    })
}

pub(crate) fn on_postgres(context: &RunContext) -> Result<FaultOutcome> {
    with_postgres(context, || {
        let harness = Harness::on_postgres(context)?;
        let Database::Postgres(address) = &harness.database else { bail!("this is on PostgreSQL") };
        run(context, &harness, |held| async move {
            let mut connection = PgConnection::connect(address).await?;
            let mut locked = connection.begin().await?;
            sqlx::query("lock table response in access exclusive mode").execute(&mut *locked).await?;
            held.await;
            locked.rollback().await?;
            Ok(connection.close().await?)
        })
    })
}

fn run<'a, F: Future<Output = Result<()>> + 'a>(
    context: &RunContext,
    harness: &Harness<'_>,
    hold: impl FnOnce(tokio::time::Sleep) -> F,
) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let pool = visitors.come(16);
    pool.until_stored(50, 10 * SECOND);
    visitors.look_afresh();
    let span = context.so_many(5, 60) * SECOND;
    let mut shown = true;
    std::thread::scope(|scope| {
        let others = scope.spawn(|| {
            // One visitor comes while others wait already; the three seconds of that visitor begin later.
            std::thread::sleep(span / 5);
            let late = visitors.come(8);
            let shown = collector.page(&format!("/s/{}.js", harness.shop), SECOND) == Some(200);
            std::thread::sleep(span / 5);
            let later = visitors.come(8);
            anyhow::Ok((shown, late, later))
        });
        let outcome = oracle::wait_for(async { hold(tokio::time::sleep(span)).await });
        let (is_shown, late, later) = others.join().map_err(|_| anyhow!("a visitor panicked"))??;
        shown = is_shown;
        late.leave()?;
        later.leave()?;
        outcome
    })?;
    let released_at = Instant::now();
    outcome.expect(shown, "the loader is delivered while the lock is held");
    let met = visitors.met();
    outcome.expect(met.of(503) > 0, "visitors hear 503 while the lock is held");
    let again =
        wait::time_until(10 * SECOND, || visitors.met().acknowledged_at.is_some_and(|at| at > released_at));
    outcome
        .expect(again.is_some_and(|took| took <= SECOND), "it stores again within 1 s of the lock's release");
    pool.leave()?;
    let slowest = visitors.met().slowest;
    outcome.expect(
        slowest <= ANSWERED_WITHIN,
        format!("no visitor waits longer than 3 s ({} was)", ms(slowest)),
    );
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!(
        "slowest answer {}, stored again after {}",
        ms(slowest),
        again.map_or("10 s or more".to_owned(), ms)
    ));
    Ok(outcome)
}
