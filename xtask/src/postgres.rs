//! The PostgreSQL that tests start for themselves.

use crate::toolchain::install;
use anyhow::Result;

/// Sees to it that the programs are there; a server that is running already is neither needed nor touched.
///
/// # Errors
/// One sentence that says what to install.
pub fn ready() -> Result<()> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = debian.map(|version| version.path().join("bin")).chain(std::env::split_paths(&path));
    if folders.any(|folder| folder.join("initdb").is_file()) {
        return Ok(());
    }
    install(&["postgresql"], "PostgreSQL, for the tests on it")
}
