//! What was sent and what was acknowledged, written down by the visitors' side in a file of its own.

use anyhow::{Context as _, Result};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The file. A line is written before each attempt and after each acknowledgement.
pub(crate) struct Ledger {
    path: PathBuf,
    file: Mutex<File>,
}

/// What the ledger knows about one id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// The rating of each step that was sent at least once.
    pub(crate) sent: Vec<i64>,
    /// How many steps are acknowledged.
    pub(crate) acknowledged: usize,
    /// How long the disk's recording was when each acknowledgement had arrived, or 0 without a recording.
    pub(crate) recorded_bytes: Vec<u64>,
}

impl Known {
    /// How many steps were acknowledged when the recording was so long.
    pub(crate) fn acknowledged_at(&self, recorded_bytes: u64) -> usize {
        self.recorded_bytes.iter().filter(|mark| **mark <= recorded_bytes).count()
    }
}

impl Ledger {
    /// A new ledger.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// Before an attempt.
    pub(crate) fn sent(&self, id: &str, step: usize, rating: i64) -> Result<()> {
        self.line(&format!("sent {id} {step} {rating}\n"))
    }

    /// After an acknowledgement.
    pub(crate) fn acknowledged(&self, id: &str, step: usize, recorded_bytes: u64) -> Result<()> {
        self.line(&format!("acknowledged {id} {step} {recorded_bytes}\n"))
    }

    fn line(&self, line: &str) -> Result<()> {
        // One write each: a line is there as a whole or not at all.
        Ok(self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())?)
    }

    /// Reads what was written, by id.
    pub(crate) fn read(&self) -> Result<HashMap<String, Known>> {
        read(&std::fs::read_to_string(&self.path)?)
    }
}

fn read(text: &str) -> Result<HashMap<String, Known>> {
    let mut all: HashMap<String, Known> = HashMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [what, id, step, number] = words[..] else {
            anyhow::bail!("a line of the ledger is broken: {line}")
        };
        let known = all.entry(id.to_owned()).or_default();
        let step: usize = step.parse()?;
        match what {
            "sent" if known.sent.len() <= step => known.sent.push(number.parse()?),
            "acknowledged" if known.acknowledged <= step => {
                known.acknowledged = step + 1;
                known.recorded_bytes.push(number.parse()?);
            }
            // The same attempt again, or a second acknowledgement of a copy.
            _ => {}
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_counts_each_step_once_and_knows_when_it_was_acknowledged() {
        let text =
            "sent a 0 5\nsent a 0 5\nacknowledged a 0 100\nsent a 1 2\nsent b 0 3\nacknowledged a 0 120\n";
        let all = read(text).unwrap();
        assert_eq!(all["a"], Known { sent: vec![5, 2], acknowledged: 1, recorded_bytes: vec![100] });
        assert_eq!(all["b"], Known { sent: vec![3], acknowledged: 0, recorded_bytes: vec![] });
        assert_eq!((all["a"].acknowledged_at(99), all["a"].acknowledged_at(100)), (0, 1));
    }

    #[test]
    fn a_broken_line_is_an_error() {
        assert!(read("sent a\n").is_err());
    }
}
