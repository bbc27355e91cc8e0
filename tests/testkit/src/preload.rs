//! A small library in C that stands between a program and the system, compiled where it is needed.

use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles it into this folder, with the machine's C compiler; a program has it if its `LD_PRELOAD` names it.
///
/// # Errors
/// If there is no compiler, or if it finds something wrong.
pub fn compile(source: &str, folder: &Path) -> Result<PathBuf> {
    let (text, library) = (folder.join("preload.c"), folder.join("preload.so"));
    std::fs::write(&text, source)?;
    let done = Command::new("cc")
        .args(["-O2", "-Wall", "-shared", "-fPIC", "-o"])
        .args([&library, &text])
        .output()
        .context("there is no C compiler here")?;
    if !done.status.success() {
        bail!("the library does not compile: {}", String::from_utf8_lossy(&done.stderr).trim());
    }
    Ok(library)
}
