//! F02: the power goes. What the disk was told to sync is there; of everything later some is, and some of that torn.
//! One recorded run gives many moments at which it may have happened.
//!
//! The controls show that this bites: the same moments on a disk that only pretends to sync the write-ahead log, and
//! a plain writer with `synchronous=NORMAL`, must lose what was acknowledged.

use crate::disk::image::Disk;
use crate::disk::recording::{Recording, What, Which};
use crate::house::{Database, Harness, House};
use crate::ledger::Ledger;
use crate::load::Visitors;
use crate::naive::{self, Care};
use crate::oracle::{self, Kept};
use crate::report::Outcome;
use crate::visitor::REASONS;
use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::random::SplitMix64;
use testkit::tempdir::TempDir;

pub fn under_the_collector(harness: &Harness) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let mut outcome = Outcome::default();
    let mut seen = Seen::default();
    let mut looks = 0;
    for round in 0..harness.so_many(1, 20) {
        let random = SplitMix64::new(harness.seed + round);
        let house = House::on_sqlite(harness)?;
        let recorded =
            Recorded::of(&house, |file, log| shim.recording(file, log), harness.so_many(2_000, 4_000))?;
        seen.count(&recorded.recording);
        let disk = Disk::before(&recorded.recording, Some(recorded.before.clone()));
        let ledger = recorded.visitors.ledger.read()?;
        let images = harness.so_many(40, 250);
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
        disk.as_left(&random, house.place.path())?;
        let collector = house.start()?;
        outcome.expect_all_delivered(recorded.visitors.deliver_the_rest(Duration::from_secs(30))?);
        drop(collector);
        outcome.findings.add(house.compare(&recorded.visitors)?);
        outcome.cycles += 1;
    }
    seen.tell(&mut outcome);
    outcome.note(format!("{looks} looks at an acknowledged request, over all moments together"));
    Ok(outcome)
}

pub fn on_a_disk_that_lies(harness: &Harness) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let mut outcome =
        Outcome { is_control: true, must_lose: true, cycles: harness.so_many(15, 200), ..Outcome::default() };
    let house = House::on_sqlite(harness)?;
    let recorded = Recorded::of(&house, |file, log| shim.recording(file, log), 800)?;
    let disk = Disk::before(&recorded.recording, Some(recorded.before)).that_lies_about(Which::Wal);
    let ledger = recorded.visitors.ledger.read()?;
    let images = usize::try_from(outcome.cycles)?;
    at_many_moments(disk, images, &SplitMix64::new(harness.seed), oracle::read_sqlite, |kept, at| {
        outcome.findings.add(oracle::compare(&ledger, kept, at));
    })?;
    Ok(outcome)
}

pub fn under_a_writer_in_a_hurry(harness: &Harness) -> Result<Outcome> {
    under_a_plain_writer(harness, Care::Normal)
}

pub fn under_a_careful_writer(harness: &Harness) -> Result<Outcome> {
    under_a_plain_writer(harness, Care::Full)
}

fn under_a_plain_writer(harness: &Harness, care: Care) -> Result<Outcome> {
    let shim = match harness.shim() {
        Ok(shim) => shim,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let place = TempDir::new("naive")?;
    let (file, log) = (place.file("naive.db"), place.file("recording"));
    let ledger = Ledger::open(&place.file("ledger"))?;
    let mut writer = Command::new(std::env::current_exe()?)
        .args(["naive-writer", care.name()])
        .arg(&file)
        .envs(shim.recording(&file, &log))
        .stdout(Stdio::piped())
        .spawn()?;
    let acknowledged = BufReader::new(writer.stdout.take().context("the writer says nothing")?).lines();
    let began = Instant::now();
    let (span, most) = harness.so_many((Duration::from_secs(2), 2_000), (Duration::from_secs(20), 20_000));
    for id in acknowledged.take(most).take_while(|_| began.elapsed() < span) {
        let id = id?;
        ledger.sent(&id, 0, 5)?;
        ledger.acknowledged(&id, 0, std::fs::metadata(&log)?.len())?;
    }
    writer.kill()?;
    writer.wait()?;
    let recording = Recording::read(&log)?;
    let ledger = ledger.read()?;
    let mut outcome = Outcome { is_control: true, must_lose: care == Care::Normal, ..Outcome::default() };
    outcome.cycles = harness.so_many(25, 300);
    let images = usize::try_from(outcome.cycles)?;
    let disk = Disk::before(&recording, None);
    let mut losing = 0;
    at_many_moments(disk, images, &SplitMix64::new(harness.seed), read_naive, |kept, at| {
        let mut findings = oracle::compare(&ledger, kept, at);
        // What it committed just before it was killed is there, and was never heard of.
        findings.wrong.retain(|what| !what.ends_with("that nobody sent"));
        losing += u64::from(findings.lost > 0);
        outcome.findings.add(findings);
    })?;
    outcome.note(format!("{losing} of {images} power cuts took something back that was acknowledged"));
    outcome.expect(outcome.findings.acknowledged > 0, "the writer acknowledges something");
    Ok(outcome)
}

/// A plain writer's rows, in the form of the collector's.
fn read_naive(file: &Path) -> Result<Kept> {
    let (ids, damage) = naive::read(file)?;
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
        house: &House<'_>,
        environment: impl FnOnce(&Path, &Path) -> Vec<(String, String)>,
        responses: u64,
    ) -> Result<Self> {
        let Database::Sqlite(file) = &house.database else {
            anyhow::bail!("only SQLite has a disk to watch")
        };
        let log = house.place.file("recording");
        let before = std::fs::read(file)?;
        let mut collector = house.start_with(&environment(file, &log))?;
        let visitors = house.visitors_to(vec![house.address], Some(log.clone()))?;
        let crowd = visitors.come(32);
        crowd.until_stored(responses, Duration::from_secs(6));
        collector.kill();
        crowd.leave()?;
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
    let deeds = disk.recording().deeds.len();
    anyhow::ensure!(deeds > 0, "nothing was recorded");
    let mut moments: Vec<usize> = (1..images).map(|_| 1 + random.below(deeds)).collect();
    moments.push(deeds);
    moments.sort_unstable();
    for moment in moments {
        disk.go_on_to(moment);
        let recorded_bytes = disk.recording().deeds[moment - 1].recorded_bytes;
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
    Ok(deeds)
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
struct Seen {
    writes: u64,
    syncs: u64,
    checkpoints: u64,
}

impl Seen {
    fn count(&mut self, recording: &Recording) {
        for deed in &recording.deeds {
            match (&deed.what, deed.to) {
                (What::Write(..), _) => self.writes += 1,
                (What::Sync, to) => {
                    self.syncs += 1;
                    self.checkpoints += u64::from(to == Which::Main);
                }
                _ => {}
            }
        }
    }

    fn tell(&self, outcome: &mut Outcome) {
        outcome.expect(self.checkpoints > 0, "the recording holds at least one checkpoint");
        outcome.note(format!(
            "{} writes, {} syncs, {} checkpoints recorded",
            self.writes, self.syncs, self.checkpoints
        ));
    }
}
