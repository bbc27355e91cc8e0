//! The folder of the browser's files: hashed names, compressed forms beside them, and the list of them.

use crate::compress::{brotli, gzip};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the collector looks for them.
pub const FOLDER: &str = "target/assets";

/// The folder while it is filled. A file that is there with the same content is not touched, so that the collector is
/// compiled anew only when it carries something new.
pub struct Files {
    folder: PathBuf,
    names: BTreeMap<String, String>,
    kept: BTreeSet<String>,
}

impl Files {
    /// The folder, made if need be.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open(folder: &str) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("{folder} cannot be made"))?;
        Ok(Self { folder: folder.into(), names: BTreeMap::new(), kept: BTreeSet::new() })
    }

    /// Puts a file there under a name with its content's hash in it (`frame.css` → `frame.HASH.css`), with its
    /// compressed forms.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put_hashed(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (stem, kind) = name.rsplit_once('.').context("a file has a kind")?;
        let hashed = format!("{stem}.{}.{kind}", &hex(content)[..12]);
        for (suffix, compress) in [(".br", brotli as fn(&[u8]) -> Result<Vec<u8>>), (".gz", gzip)] {
            let compressed = [&hashed, suffix].concat();
            // The name tells the content, so what is there is right: brotli at its best takes seconds.
            if !self.folder.join(&compressed).exists() {
                self.write(&compressed, &compress(content)?)?;
            }
            self.kept.insert(compressed);
        }
        self.put(&hashed, content)?;
        self.names.insert(name.to_owned(), hashed);
        Ok(())
    }

    /// Puts a file there under its own name.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put(&mut self, name: &str, content: &[u8]) -> Result<()> {
        if fs::read(self.folder.join(name)).ok().as_deref() != Some(content) {
            self.write(name, content)?;
        }
        self.kept.insert(name.to_owned());
        Ok(())
    }

    /// Writes the list of names, and removes what is not on it.
    ///
    /// # Errors
    /// What the disk says.
    pub fn close(mut self) -> Result<()> {
        let list = serde_json::to_string_pretty(&self.names)?;
        self.put("manifest.json", list.as_bytes())?;
        for old in fs::read_dir(&self.folder)?.flatten() {
            if !self.kept.contains(&*old.file_name().to_string_lossy()) {
                fs::remove_file(old.path())?;
            }
        }
        Ok(())
    }

    /// Whole or not at all: a collector in a debug build reads this folder while it is written.
    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let unfinished = self.folder.join([".", name, ".unfinished"].concat());
        fs::write(&unfinished, content)?;
        fs::rename(&unfinished, self.folder.join(name))?;
        Ok(())
    }
}

/// The hashed name of each file, as the last build wrote them.
///
/// # Errors
/// If nothing was built yet.
pub fn names() -> Result<BTreeMap<String, String>> {
    let list = fs::read(Path::new(FOLDER).join("manifest.json"))
        .context("Nothing is built: `cargo xtask build` first.")?;
    Ok(serde_json::from_slice(&list)?)
}

/// SHA-256 in hexadecimal digits.
pub fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect()
}
