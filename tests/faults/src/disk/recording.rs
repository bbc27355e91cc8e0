//! Reads what the shim wrote down: everything that was done to a database's files, in order.

use anyhow::{Context as _, Result};
use std::ops::Range;
use std::path::Path;

/// What was done to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OpKind {
    /// These bytes of the recording were written at this offset.
    Write(u64, Range<usize>),
    /// It was cut or stretched to this length.
    Truncate(u64),
    /// Everything before this is on the disk.
    Sync,
    /// It was removed.
    Unlink,
}

/// Which of the database's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The database.
    Main,
    /// Its write-ahead log.
    Wal,
    /// Its rollback journal.
    Journal,
    /// The folder they lie in: synced, it knows for certain which of them there are.
    Folder,
}

impl Target {
    /// As the shim numbers them.
    const ALL: [Self; 4] = [Self::Main, Self::Wal, Self::Journal, Self::Folder];
    /// Those that are files.
    pub(crate) const FILES: [Self; 3] = [Self::Main, Self::Wal, Self::Journal];

    /// Its number, as the shim says it.
    #[cfg(test)]
    pub(crate) fn number(self) -> u32 {
        1 + u32::try_from(Self::ALL.iter().position(|one| *one == self).unwrap()).unwrap()
    }

    /// What its name ends with.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Main => "",
            Self::Wal => "-wal",
            Self::Journal => "-journal",
            Self::Folder => "/",
        }
    }
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DiskOp {
    /// To which file.
    pub(crate) to: Target,
    /// What.
    pub(crate) kind: OpKind,
    /// How long the recording was when it had been written down.
    pub(crate) recorded_bytes: u64,
}

/// A whole recording.
pub(crate) struct Recording {
    bytes: Vec<u8>,
    /// In the order in which they happened.
    pub(crate) ops: Vec<DiskOp>,
}

const HEAD: usize = 24;

impl Recording {
    /// Reads one. A last entry that is cut off did not happen.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes =
            std::fs::read(path).with_context(|| format!("nothing was recorded in {}", path.display()))?;
        Self::parse(bytes)
    }

    /// Reads one from memory.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self> {
        let mut ops = Vec::new();
        let mut at = 0;
        while let Some(head) = bytes.get(at..at + HEAD) {
            let number = |range: Range<usize>| -> Result<u64> {
                let mut wide = [0; 8];
                wide[..range.len()].copy_from_slice(&head[range]);
                Ok(u64::from_le_bytes(wide))
            };
            let (offset, length) = (number(8..16)?, usize::try_from(number(16..24)?)?);
            let data = at + HEAD..at + HEAD + length;
            if data.end > bytes.len() {
                break;
            }
            let kind = match number(0..4)? {
                1 => OpKind::Write(offset, data.clone()),
                2 => OpKind::Truncate(offset),
                3 => OpKind::Sync,
                4 => OpKind::Unlink,
                other => anyhow::bail!("the recording speaks of {other}"),
            };
            let file = usize::try_from(number(4..8)?)?;
            let to =
                *file.checked_sub(1).and_then(|n| Target::ALL.get(n)).context("a file of no known number")?;
            at = data.end;
            ops.push(DiskOp { to, kind, recorded_bytes: u64::try_from(at)? });
        }
        Ok(Self { bytes, ops })
    }

    /// What was written.
    pub(crate) fn data(&self, range: &Range<usize>) -> &[u8] {
        &self.bytes[range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(what: u32, file: u32, offset: u64, data: &[u8]) -> Vec<u8> {
        let length = u64::try_from(data.len()).unwrap();
        [&what.to_le_bytes()[..], &file.to_le_bytes(), &offset.to_le_bytes(), &length.to_le_bytes(), data]
            .concat()
    }

    #[test]
    fn a_recording_is_read_as_it_was_written_and_a_torn_end_is_left_out() {
        let mut bytes =
            [entry(1, 2, 512, b"frame"), entry(3, 2, 0, b""), entry(2, 1, 8192, b""), entry(4, 3, 0, b"")]
                .concat();
        let whole = bytes.len();
        bytes.extend_from_slice(&entry(1, 1, 0, b"torn")[..26]);
        let recording = Recording::parse(bytes).unwrap();
        let ops: Vec<_> = recording.ops.iter().map(|d| (d.to, d.kind.clone())).collect();
        assert_eq!(
            ops,
            [
                (Target::Wal, OpKind::Write(512, 24..29)),
                (Target::Wal, OpKind::Sync),
                (Target::Main, OpKind::Truncate(8192)),
                (Target::Journal, OpKind::Unlink),
            ]
        );
        assert_eq!(recording.data(&(24..29)), b"frame");
        assert_eq!(recording.ops.last().unwrap().recorded_bytes, u64::try_from(whole).unwrap());
    }
}
