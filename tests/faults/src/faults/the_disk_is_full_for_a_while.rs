//! The disk is full, and then it is not. Meanwhile visitors hear "not now", pages are still shown, and the
//! collector goes on within a second of there being room, without a restart.

use crate::disk::small_disk::SmallDisk;
use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use anyhow::Result;
use std::time::{Duration, Instant};
use testkit::wait;

const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let disk = match SmallDisk::of("2m") {
        Ok(disk) => disk,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome { cycles: context.so_many(2, 15), ..FaultOutcome::default() };
    let harness = Harness::on_file(context, &disk.file("tableside.db"))?;
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let mut slowest = Duration::ZERO;
    for cycle in 1..=outcome.cycles {
        let pool = visitors.come(16);
        let refused_before = visitors.met().of(503);
        // For a while small responses still fit where larger ones do not.
        let is_full = wait::holds_within(30 * SECOND, || {
            let met = visitors.met();
            met.of(503) > refused_before + 40
                && met.acknowledged_at.is_some_and(|at| at.elapsed() > SECOND / 2)
        });
        outcome.expect(is_full, "visitors hear 503 when the disk is full");
        for page in [format!("/w/{}", harness.shop), format!("/s/{}.js", harness.shop), "/healthz".to_owned()]
        {
            let status = collector.page(&page, SECOND);
            let page = page.replace(&harness.shop, "KEY");
            outcome.expect(status == Some(200), format!("{page} is shown while the disk is full"));
        }
        let stored_before = visitors.met().stored();
        let is_ready = collector.page("/readyz", SECOND) == Some(200);
        outcome.expect(
            !is_ready || visitors.met().stored() > stored_before,
            "/readyz does not say 200 while nothing is stored",
        );
        disk.change(&format!("size={}m", 2 + 3 * cycle))?;
        let room_at = Instant::now();
        let again =
            wait::time_until(10 * SECOND, || visitors.met().acknowledged_at.is_some_and(|at| at > room_at));
        outcome.expect(
            again.is_some_and(|took| took <= SECOND),
            "it stores again within 1 s of there being room, without a restart",
        );
        slowest = slowest.max(again.unwrap_or(10 * SECOND));
        pool.leave()?;
    }
    disk.change("size=256m")?;
    outcome.expect_all_delivered(visitors.deliver_the_rest(20 * SECOND)?);
    let is_ready = wait::holds_within(2 * SECOND, || collector.page("/readyz", SECOND) == Some(200));
    outcome.expect(is_ready, "/readyz says 200 soon after there is room again");
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&visitors.met());
    outcome.note(format!(
        "stored again {} after there was room; {} times 503",
        ms(slowest),
        visitors.met().of(503)
    ));
    Ok(outcome)
}
