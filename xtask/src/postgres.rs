//! The PostgreSQL that tests start for themselves.

use crate::toolchain::install;
use anyhow::Result;

/// Installs PostgreSQL's programs if they are missing. A server that runs already is neither needed nor
/// touched.
pub(crate) fn ensure_installed() -> Result<()> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = debian.map(|version| version.path().join("bin")).chain(std::env::split_paths(&path));
    if folders.any(|folder| folder.join("initdb").is_file()) {
        return Ok(());
    }
    install(&["postgresql"], "PostgreSQL, for the tests on it")
}
