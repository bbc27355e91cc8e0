//! `cargo xtask run`: opens the demo shop after the shortest possible build.

use crate::assets;
use crate::process::{cargo, run as run_command};
use crate::timing::timed;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// The folder of the demo's database.
const DATA: &str = "demo-data";

/// Builds the collector and opens the demo shop.
pub(crate) fn run(options: &[&str]) -> Result<()> {
    assets::build(false)?;
    let release = options.contains(&"--release");
    let program = timed("The collector", || collector(release))?;
    std::fs::create_dir_all(DATA)?;
    let mut demo = Command::new(&program);
    demo.arg("demo");
    if !options.iter().any(|o| o.starts_with("--database")) {
        demo.args(["--database", &format!("sqlite://{DATA}/tableside.db")]);
    }
    demo.args(options.iter().filter(|o| **o != "--release"));
    exec(demo).with_context(|| format!("{program} could not be started"))
}

/// Builds the collector and gives its path. The demo uses a debug build: a release build takes two cores
/// eight minutes.
pub(crate) fn collector(release: bool) -> Result<String> {
    let mut build = cargo();
    // `--workspace` gives dependencies the features that the tests need too, so that they are compiled once.
    build.args(["build", "--workspace", "--bin", "tableside"]);
    if release {
        build.arg("--release");
    }
    run_command(&mut build)?;
    let name = format!("tableside{}", std::env::consts::EXE_SUFFIX);
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let program = Path::new(&target).join(if release { "release" } else { "debug" }).join(name);
    Ok(program.display().to_string())
}

/// Replaces this process by the program, so that Ctrl-C reaches the program directly.
#[cfg(unix)]
fn exec(mut program: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec().into())
}

#[cfg(not(unix))]
fn exec(mut program: Command) -> Result<()> {
    run_command(&mut program)
}
