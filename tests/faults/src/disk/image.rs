//! A disk as it may be found after the power went: everything up to the last sync of each file, and of what was
//! written later some, some of it torn.

use crate::disk::recording::{DiskOp, OpKind, Recording, Target};
use anyhow::Result;
use std::path::{Path, PathBuf};
use testkit::random::SplitMix64;

/// What a disk writes at once. Source: the smallest sector of any disk that is still sold.
const SECTOR: usize = 512;

/// A disk that follows a recording from its beginning.
pub(crate) struct Disk<'r> {
    recording: &'r Recording,
    files: [File; 3],
    done: usize,
    /// Whose syncs it only pretends to do.
    lies_about: Option<Target>,
}

/// One file on it.
#[derive(Debug, Clone, Default)]
struct File {
    /// What is on the disk for certain, if it is there at all.
    certain: Option<Vec<u8>>,
    /// What was done to it since, by number.
    uncertain: Vec<usize>,
    /// Whether the folder knows for certain that it is there.
    is_named: bool,
}

impl<'r> Disk<'r> {
    /// A disk as it was before the recording began: with this database on it, and nothing else.
    pub(crate) fn before(recording: &'r Recording, database: Option<Vec<u8>>) -> Self {
        let mut files: [File; 3] = Default::default();
        files[0].is_named = database.is_some();
        files[0].certain = database;
        Self { recording, files, done: 0, lies_about: None }
    }

    /// The same disk, if it says that a sync of this file is done and does nothing.
    pub(crate) fn that_lies_about(self, target: Target) -> Self {
        Self { lies_about: Some(target), ..self }
    }

    /// What it follows.
    pub(crate) fn recording(&self) -> &'r Recording {
        self.recording
    }

    /// Goes on until so many things were done.
    pub(crate) fn go_on_to(&mut self, ops: usize) {
        while let Some(op) = self.recording.ops.get(self.done).filter(|_| self.done < ops) {
            match (&op.kind, op.to) {
                (OpKind::Sync, Target::Folder) => self.files.iter_mut().for_each(|f| f.name(self.recording)),
                (OpKind::Sync, target) if self.lies_about == Some(target) => {}
                (OpKind::Sync, target) => self.files[position(target)].settle(self.recording),
                (_, target) => self.files[position(target)].uncertain.push(self.done),
            }
            self.done += 1;
        }
    }

    /// The power goes now: writes what is left of the files into a folder. Gives back the database's name.
    pub(crate) fn as_left(&self, random: &SplitMix64, folder: &Path) -> Result<PathBuf> {
        let name = |target: Target| folder.join(format!("tableside.db{}", target.ending()));
        // Some disks had written nearly everything, some nearly nothing.
        let kept_in_a_hundred = [0, 20, 50, 80, 100][random.below(5)];
        for target in Target::FILES {
            let file = &self.files[position(target)];
            let mut content = file.certain.clone();
            for number in &file.uncertain {
                let op = &self.recording.ops[*number];
                if random.percent(kept_in_a_hundred) {
                    do_to(&mut content, op, self.recording, |_| true);
                } else if random.percent(30) && matches!(op.kind, OpKind::Write(..)) {
                    do_to(&mut content, op, self.recording, |_| random.percent(50));
                }
            }
            match content.filter(|_| file.is_named || random.percent(kept_in_a_hundred)) {
                Some(content) => std::fs::write(name(target), content)?,
                None if name(target).exists() => std::fs::remove_file(name(target))?,
                None => {}
            }
        }
        let shared_memory = folder.join("tableside.db-shm");
        if shared_memory.exists() {
            std::fs::remove_file(shared_memory)?;
        }
        Ok(name(Target::Main))
    }
}

impl File {
    /// Everything done to it is on the disk now.
    fn settle(&mut self, recording: &Recording) {
        for number in std::mem::take(&mut self.uncertain) {
            let op = &recording.ops[number];
            do_to(&mut self.certain, op, recording, |_| true);
            self.is_named &= op.kind != OpKind::Unlink;
        }
    }

    /// The folder knows now whether it is there; what is in it is as uncertain as before.
    fn name(&mut self, recording: &Recording) {
        let removed = self.uncertain.iter().rposition(|n| recording.ops[*n].kind == OpKind::Unlink);
        if let Some(at) = removed {
            self.uncertain.drain(..=at);
            self.certain = None;
        }
        self.is_named = self.certain.is_some() || !self.uncertain.is_empty();
    }
}

fn position(target: Target) -> usize {
    match target {
        Target::Main => 0,
        Target::Wal => 1,
        Target::Journal => 2,
        Target::Folder => unreachable!("a folder is not a file"),
    }
}

/// Does a deed to a file, sector by sector as far as `keeps` says so.
fn do_to(content: &mut Option<Vec<u8>>, op: &DiskOp, recording: &Recording, keeps: impl Fn(usize) -> bool) {
    match &op.kind {
        OpKind::Sync => {}
        OpKind::Unlink => *content = None,
        OpKind::Truncate(length) => {
            content.get_or_insert_default().resize(usize::try_from(*length).unwrap_or_default(), 0);
        }
        OpKind::Write(offset, range) => {
            let (data, mut at) = (recording.data(range), usize::try_from(*offset).unwrap_or_default());
            let content = content.get_or_insert_default();
            let mut left = data;
            while !left.is_empty() {
                // Up to the end of the sector that is being written to.
                let (now, later) = left.split_at(left.len().min(SECTOR - at % SECTOR));
                if keeps(at) {
                    if content.len() < at + now.len() {
                        content.resize(at + now.len(), 0);
                    }
                    content[at..at + now.len()].copy_from_slice(now);
                }
                (at, left) = (at + now.len(), later);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::tempdir::TempDir;

    /// Writes of a letter to half a kilobyte at a place in a file, syncs and removals.
    fn recording(ops: &[(Target, char, u64)]) -> Recording {
        let mut bytes = Vec::new();
        for (target, what, place) in ops {
            let (number, data) = match what {
                's' => (3u32, vec![]),
                'u' => (4, vec![]),
                letter => (1, vec![u8::try_from(*letter).unwrap(); SECTOR]),
            };
            bytes.extend_from_slice(&number.to_le_bytes());
            bytes.extend_from_slice(&target.number().to_le_bytes());
            bytes.extend_from_slice(&(place * u64::try_from(SECTOR).unwrap()).to_le_bytes());
            bytes.extend_from_slice(&u64::try_from(data.len()).unwrap().to_le_bytes());
            bytes.extend_from_slice(&data);
        }
        Recording::parse(bytes).unwrap()
    }

    /// The first letters of every sector, of each disk that may be left after so many deeds.
    fn left(recording: &Recording, ops: usize, target: Target, lies: bool) -> Vec<String> {
        let mut all = Vec::new();
        for seed in 0..200 {
            let place = TempDir::in_memory("image").unwrap();
            let mut disk = Disk::before(recording, None);
            if lies {
                disk = disk.that_lies_about(target);
            }
            disk.go_on_to(ops);
            let main = disk.as_left(&SplitMix64::new(seed), place.path()).unwrap();
            let file = PathBuf::from(format!("{}{}", main.display(), target.ending()));
            let bytes = std::fs::read(file).unwrap_or_default();
            all.push(bytes.chunks(SECTOR).map(|sector| char::from(sector[0].max(b'.'))).collect::<String>());
        }
        all.sort();
        all.dedup();
        all
    }

    #[test]
    fn what_was_synced_is_there_and_of_what_came_later_any_part() {
        use Target::{Folder, Wal};
        let ops =
            [(Wal, 'a', 0), (Wal, 'b', 1), (Wal, 's', 0), (Folder, 's', 0), (Wal, 'c', 0), (Wal, 'd', 2)];
        let recording = recording(&ops);
        assert_eq!(left(&recording, 4, Wal, false), ["ab"]);
        assert_eq!(left(&recording, 6, Wal, false), ["ab", "abd", "cb", "cbd"]);
    }

    #[test]
    fn a_disk_that_lies_may_have_forgotten_everything() {
        use Target::{Folder, Wal};
        let recording = recording(&[(Wal, 'a', 0), (Wal, 's', 0), (Folder, 's', 0)]);
        assert_eq!(left(&recording, 3, Wal, true), ["", "a"]);
    }

    #[test]
    fn a_removal_is_certain_once_the_folder_is_synced() {
        use Target::{Folder, Journal};
        let ops =
            [(Journal, 'a', 0), (Journal, 's', 0), (Folder, 's', 0), (Journal, 'u', 0), (Folder, 's', 0)];
        let recording = recording(&ops);
        // Synced but never named, it may be missed in its folder.
        assert_eq!(left(&recording, 2, Journal, false), ["", "a"]);
        assert_eq!(left(&recording, 3, Journal, false), ["a"]);
        assert_eq!(left(&recording, 4, Journal, false), ["", "a"]);
        assert_eq!(left(&recording, 5, Journal, false), [""]);
    }
}
