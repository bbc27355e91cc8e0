//! The power goes. What the disk was told to sync is there; of everything later some is, and some of that torn.
//! One recorded run gives many moments at which it may have happened.
//!
//! The controls show that this bites: the same moments on a disk that only pretends to sync the write-ahead log, and
//! a plain writer with `synchronous=NORMAL`, must lose what was acknowledged.

use crate::control_writer::{self, ControlWriter};
use crate::disk::image::Disk;
use crate::disk::recording::{OpKind, Recording, Target};
use crate::harness::{Database, Harness, RunContext};
use crate::ledger::Ledger;
use crate::load::Visitors;
use crate::oracle::{self, Kept};
use crate::report::FaultOutcome;
use crate::visitor::REASONS;
use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::random::SplitMix64;
use testkit::tempdir::TempDir;

pub(crate) fn under_the_collector(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome::default();
    let mut recorded_ops = RecordedOps::default();
    let mut looks = 0;
    for round in 0..context.so_many(1, 20) {
        let random = SplitMix64::new(context.seed + round);
        let harness = Harness::on_sqlite(context)?;
        let recorded =
            Recorded::of(&harness, |file, log| shim.recording(file, log), context.so_many(2_000, 4_000))?;
        recorded_ops.count(&recorded.recording);
        let disk = Disk::before(&recorded.recording, Some(recorded.before.clone()));
        let ledger = recorded.visitors.ledger.read()?;
        let images = context.so_many(40, 250);
        let last = at_many_moments(disk, images, &random, oracle::read_sqlite, |kept, at| {
            // Each is looked for at many moments, but was acknowledged only once.
            let mut findings = oracle::compare(&ledger, kept, at);
            looks += std::mem::take(&mut findings.acknowledged);
            outcome.findings.add(findings);
        })?;
        outcome.cycles += u64::try_from(images)?;
        // The last moment once more, for the collector itself: it recovers, and takes what was not acknowledged.
        let mut disk = Disk::before(&recorded.recording, Some(recorded.before.clone()));
        disk.go_on_to(last);
        disk.as_left(&random, harness.place.path())?;
        let collector = harness.start()?;
        outcome.expect_all_delivered(recorded.visitors.deliver_the_rest(Duration::from_secs(30))?);
        drop(collector);
        outcome.findings.add(harness.compare(&recorded.visitors)?);
        outcome.cycles += 1;
    }
    recorded_ops.tell(&mut outcome);
    outcome.note(format!("{looks} looks at an acknowledged request, over all moments together"));
    Ok(outcome)
}

pub(crate) fn on_a_disk_that_lies(context: &RunContext) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let mut outcome = FaultOutcome {
        is_control: true,
        must_lose: true,
        cycles: context.so_many(15, 200),
        ..FaultOutcome::default()
    };
    let harness = Harness::on_sqlite(context)?;
    let recorded = Recorded::of(&harness, |file, log| shim.recording(file, log), 800)?;
    let disk = Disk::before(&recorded.recording, Some(recorded.before)).that_lies_about(Target::Wal);
    let ledger = recorded.visitors.ledger.read()?;
    let images = usize::try_from(outcome.cycles)?;
    at_many_moments(disk, images, &SplitMix64::new(context.seed), oracle::read_sqlite, |kept, at| {
        outcome.findings.add(oracle::compare(&ledger, kept, at));
    })?;
    Ok(outcome)
}

pub(crate) fn under_a_writer_in_a_hurry(context: &RunContext) -> Result<FaultOutcome> {
    under_a_plain_writer(context, ControlWriter::Normal)
}

pub(crate) fn under_a_careful_writer(context: &RunContext) -> Result<FaultOutcome> {
    under_a_plain_writer(context, ControlWriter::Full)
}

fn under_a_plain_writer(context: &RunContext, kind: ControlWriter) -> Result<FaultOutcome> {
    let shim = match context.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(FaultOutcome::skipped(why)),
    };
    let place = TempDir::new("control")?;
    let (file, log) = (place.file("control.db"), place.file("recording"));
    let ledger = Ledger::open(&place.file("ledger"))?;
    let mut writer = Command::new(std::env::current_exe()?)
        .args(["control-writer", kind.name()])
        .arg(&file)
        .envs(shim.recording(&file, &log))
        .stdout(Stdio::piped())
        .spawn()?;
    let acknowledged = BufReader::new(writer.stdout.take().context("the writer says nothing")?).lines();
    let began = Instant::now();
    let (span, most) = context.so_many((Duration::from_secs(2), 2_000), (Duration::from_secs(20), 20_000));
    for id in acknowledged.take(most).take_while(|_| began.elapsed() < span) {
        let id = id?;
        ledger.sent(&id, 0, 5)?;
        ledger.acknowledged(&id, 0, std::fs::metadata(&log)?.len())?;
    }
    writer.kill()?;
    writer.wait()?;
    let recording = Recording::read(&log)?;
    let ledger = ledger.read()?;
    let mut outcome = FaultOutcome {
        is_control: true,
        must_lose: kind == ControlWriter::Normal,
        ..FaultOutcome::default()
    };
    outcome.cycles = context.so_many(25, 300);
    let images = usize::try_from(outcome.cycles)?;
    let disk = Disk::before(&recording, None);
    let mut losing = 0;
    at_many_moments(disk, images, &SplitMix64::new(context.seed), read_naive, |kept, at| {
        let mut findings = oracle::compare(&ledger, kept, at);
        // What it committed just before it was killed is there, and was never heard of.
        findings.wrong.retain(|what| !what.ends_with("that no visitor sent"));
        losing += u64::from(findings.lost > 0);
        outcome.findings.add(findings);
    })?;
    outcome.note(format!("{losing} of {images} power cuts took something back that was acknowledged"));
    outcome.expect(outcome.findings.acknowledged > 0, "the writer acknowledges something");
    Ok(outcome)
}

/// A plain writer's rows, in the form of the collector's.
fn read_naive(file: &Path) -> Result<Kept> {
    let (ids, damage) = control_writer::read(file)?;
    let mut kept = Kept { damage, ..Kept::default() };
    for id in ids {
        kept.reasons.insert(id.clone(), REASONS);
        *kept.counts.entry(5).or_default() += 1;
        kept.responses.push((id, 5));
    }
    Ok(kept)
}

/// A run of the collector with everything it did to its disk.
struct Recorded {
    before: Vec<u8>,
    recording: Recording,
    visitors: Arc<Visitors>,
}

impl Recorded {
    fn of(
        harness: &Harness<'_>,
        environment: impl FnOnce(&Path, &Path) -> Vec<(String, String)>,
        responses: u64,
    ) -> Result<Self> {
        let Database::Sqlite(file) = &harness.database else {
            anyhow::bail!("only SQLite has a disk to watch")
        };
        let log = harness.place.file("recording");
        let before = std::fs::read(file)?;
        let mut collector = harness.start_with(&environment(file, &log))?;
        let visitors = harness.visitors_to(vec![harness.address], Some(log.clone()))?;
        let pool = visitors.come(32);
        pool.until_stored(responses, Duration::from_secs(6));
        collector.kill();
        pool.leave()?;
        Ok(Self { before, recording: Recording::read(&log)?, visitors })
    }
}

/// Lets the power go at so many moments, and looks at each disk that is left. Gives back the last moment.
fn at_many_moments(
    mut disk: Disk<'_>,
    images: usize,
    random: &SplitMix64,
    read: fn(&Path) -> Result<Kept>,
    mut look: impl FnMut(&Kept, u64),
) -> Result<usize> {
    let folder = TempDir::in_memory("power")?;
    let ops = disk.recording().ops.len();
    anyhow::ensure!(ops > 0, "nothing was recorded");
    let mut moments: Vec<usize> = (1..images).map(|_| 1 + random.below(ops)).collect();
    moments.push(ops);
    moments.sort_unstable();
    for moment in moments {
        disk.go_on_to(moment);
        let recorded_bytes = disk.recording().ops[moment - 1].recorded_bytes;
        let file = disk.as_left(random, folder.path())?;
        match read(&file) {
            Ok(kept) => look(&kept, recorded_bytes),
            // A disk that cannot even be read has lost everything.
            Err(cause) => {
                look(&Kept { damage: Some(format!("{cause:#}")), ..Kept::default() }, recorded_bytes)
            }
        }
        remove_all(&file)?;
    }
    Ok(ops)
}

fn remove_all(file: &Path) -> Result<()> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let name = PathBuf::from(format!("{}{ending}", file.display()));
        if name.exists() {
            std::fs::remove_file(name)?;
        }
    }
    Ok(())
}

/// What was recorded, to show that there was something to lose.
#[derive(Default)]
struct RecordedOps {
    writes: u64,
    syncs: u64,
    checkpoints: u64,
}

impl RecordedOps {
    fn count(&mut self, recording: &Recording) {
        for op in &recording.ops {
            match (&op.kind, op.to) {
                (OpKind::Write(..), _) => self.writes += 1,
                (OpKind::Sync, to) => {
                    self.syncs += 1;
                    self.checkpoints += u64::from(to == Target::Main);
                }
                _ => {}
            }
        }
    }

    fn tell(&self, outcome: &mut FaultOutcome) {
        outcome.expect(self.checkpoints > 0, "the recording holds at least one checkpoint");
        outcome.note(format!(
            "{} writes, {} syncs, {} checkpoints recorded",
            self.writes, self.syncs, self.checkpoints
        ));
    }
}
