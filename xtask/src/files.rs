//! Writes the folder of the browser's files: hashed names, compressed copies beside them, and the manifest.

use crate::compress::{brotli, gzip};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The collector reads its assets from here.
pub(crate) const FOLDER: &str = "target/assets";

/// Fills the folder. A file with the same content is not touched, so that the collector is compiled again
/// only when it embeds something new.
pub(crate) struct AssetFolder {
    folder: PathBuf,
    names: BTreeMap<String, String>,
    current: BTreeSet<String>,
}

impl AssetFolder {
    pub(crate) fn open(folder: &str) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("{folder} cannot be created"))?;
        Ok(Self { folder: folder.into(), names: BTreeMap::new(), current: BTreeSet::new() })
    }

    /// Writes a file under a name with the hash of its content (`owner.css` → `owner.HASH.css`), and
    /// compressed copies.
    pub(crate) fn write_hashed(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let (stem, extension) = name.rsplit_once('.').context("a file has an extension")?;
        let hashed = format!("{stem}.{}.{extension}", &hex(content)[..12]);
        for (suffix, compress) in [(".br", brotli as fn(&[u8]) -> Result<Vec<u8>>), (".gz", gzip)] {
            let compressed = [&hashed, suffix].concat();
            // The name determines the content, and brotli at its best takes seconds.
            if !self.folder.join(&compressed).exists() {
                self.replace(&compressed, &compress(content)?)?;
            }
            self.current.insert(compressed);
        }
        self.write(&hashed, content)?;
        self.names.insert(name.to_owned(), hashed);
        Ok(())
    }

    /// Writes a file under its own name.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        if fs::read(self.folder.join(name)).ok().as_deref() != Some(content) {
            self.replace(name, content)?;
        }
        self.current.insert(name.to_owned());
        Ok(())
    }

    /// Writes the manifest, and removes files of earlier builds.
    pub(crate) fn finish(mut self) -> Result<()> {
        let list = serde_json::to_string_pretty(&self.names)?;
        self.write("manifest.json", list.as_bytes())?;
        for old in fs::read_dir(&self.folder)?.flatten() {
            if !self.current.contains(&*old.file_name().to_string_lossy()) {
                fs::remove_file(old.path())?;
            }
        }
        Ok(())
    }

    /// Replaces a file atomically: a collector in a debug build reads this folder while it is written.
    fn replace(&self, name: &str, content: &[u8]) -> Result<()> {
        let unfinished = self.folder.join([".", name, ".unfinished"].concat());
        fs::write(&unfinished, content)?;
        fs::rename(&unfinished, self.folder.join(name))?;
        Ok(())
    }
}

/// The hashed name of each file, from the manifest of the last build.
pub(crate) fn read_manifest() -> Result<BTreeMap<String, String>> {
    let list = fs::read(Path::new(FOLDER).join("manifest.json"))
        .context("Nothing is built: `cargo xtask build` first.")?;
    Ok(serde_json::from_slice(&list)?)
}

/// SHA-256, hexadecimal.
pub(crate) fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect()
}
