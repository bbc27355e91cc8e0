//! Many senders whose heads or bodies never end, one byte a second. They are shown out in time, and honest
//! visitors do not notice.

use crate::harness::{Harness, RunContext};
use crate::report::{FaultOutcome, ms};
use crate::visitor;
use anyhow::Result;
use std::time::{Duration, Instant};
use testkit::connection::BlockingConnection;

const SECOND: Duration = Duration::from_secs(1);
/// Five seconds for a head, ten for a body; and time for a busy machine to do it.
const HEAD_CLOSED_WITHIN: Duration = Duration::from_secs(8);
const BODY_CLOSED_WITHIN: Duration = Duration::from_secs(13);

struct Slow {
    connection: BlockingConnection,
    is_body: bool,
    began: Instant,
    closed_after: Option<Duration>,
}

impl Slow {
    fn begin(harness: &Harness<'_>, is_body: bool, bytes: &str) -> Result<Self> {
        let mut connection = BlockingConnection::open(harness.address, 2 * SECOND)?;
        connection.send(bytes.as_bytes())?;
        Ok(Self { connection, is_body, began: Instant::now(), closed_after: None })
    }

    fn is_open(&self) -> bool {
        self.closed_after.is_none()
    }

    /// Another byte, if the collector still takes it.
    fn go_on(&mut self) {
        if self.connection.is_closed() || self.connection.send(b"x").is_err() {
            self.closed_after = Some(self.began.elapsed());
        }
    }
}

pub(crate) fn run(context: &RunContext) -> Result<FaultOutcome> {
    let mut outcome = FaultOutcome { cycles: 1, ..FaultOutcome::default() };
    let harness = Harness::on_sqlite(context)?;
    let collector = harness.start()?;
    let visitors = harness.visitors()?;
    let request = visitor::request(&visitors.brief_item().steps[0].body);
    let body_at = request.find("\r\n\r\n").map_or(0, |at| at + 4);
    let head = "POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ";
    let mut slow = Vec::new();
    for number in 0..context.so_many(200, 2_000) {
        let is_body = number % 2 == 0;
        slow.push(Slow::begin(&harness, is_body, if is_body { &request[..=body_at] } else { head })?);
    }
    let pool = visitors.come(4);
    let until = Instant::now() + BODY_CLOSED_WITHIN + SECOND;
    // A body may be 32 KiB long, so one byte a second lasts longer than this fault runs.
    while Instant::now() < until && slow.iter().any(Slow::is_open) {
        std::thread::sleep(SECOND / 2);
        slow.iter_mut().filter(|s| s.is_open()).for_each(Slow::go_on);
    }
    for (is_body, within, what) in [(false, HEAD_CLOSED_WITHIN, "head"), (true, BODY_CLOSED_WITHIN, "body")] {
        let of_this_kind = || slow.iter().filter(|s| s.is_body == is_body);
        let late = of_this_kind().filter(|s| s.closed_after.is_none_or(|after| after > within)).count();
        outcome.expect(
            late == 0,
            format!("no sender keeps a connection open with an endless {what} ({late} did)"),
        );
        let last = of_this_kind().filter_map(|s| s.closed_after).max().unwrap_or_default();
        outcome.note(format!("the last endless {what} was closed after {}", ms(last)));
    }
    pool.leave()?;
    let met = visitors.met();
    outcome
        .expect(met.slowest <= SECOND, format!("honest visitors wait less than 1 s ({})", ms(met.slowest)));
    outcome.expect(met.broken == 0, format!("honest visitors are not cut off ({} were)", met.broken));
    outcome.note(format!(
        "slowest honest answer {}; {} MB in memory",
        ms(met.slowest),
        collector.resident_mb()
    ));
    outcome.expect_all_delivered(visitors.deliver_the_rest(10 * SECOND)?);
    outcome.findings = harness.compare(&visitors)?;
    outcome.expect_no_odd_answers(&met);
    Ok(outcome)
}
