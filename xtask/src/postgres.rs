//! Installs the PostgreSQL that the tests start.

use crate::toolchain::install;
use anyhow::Result;

/// Installs PostgreSQL's programs if they are missing. It neither needs nor touches a server that already runs.
pub(crate) fn ensure_installed() -> Result<()> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = debian.map(|version| version.path().join("bin")).chain(std::env::split_paths(&path));
    if folders.any(|folder| folder.join("initdb").is_file()) {
        return Ok(());
    }
    install(&["postgresql"], "PostgreSQL, for the tests on it")
}
