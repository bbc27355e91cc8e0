//! `cargo xtask run`: a first look, with as little waiting as can be.

use crate::assets;
use crate::cargo::{cargo, run as run_command};
use crate::step::step;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// Where the demo keeps what was said.
const DATA: &str = "demo-data";

/// Builds the collector as fast as can be and opens the demo shop.
///
/// # Errors
/// If something does not compile, or the demo ends badly.
pub fn run(options: &[&str]) -> Result<()> {
    assets::build(false)?;
    let release = options.contains(&"--release");
    let program = step("The collector", || collector(release))?;
    std::fs::create_dir_all(DATA)?;
    let mut demo = Command::new(&program);
    demo.arg("demo");
    if !options.iter().any(|o| o.starts_with("--database")) {
        demo.args(["--database", &format!("sqlite://{DATA}/tableside.db")]);
    }
    demo.args(options.iter().filter(|o| **o != "--release"));
    become_it(demo).with_context(|| format!("{program} could not be started"))
}

/// Builds the collector and says where it lies. Not in release by default: two cores need eight minutes for that, and
/// a debug build answers fast enough for one visitor.
///
/// # Errors
/// If it does not compile.
pub fn collector(release: bool) -> Result<String> {
    let mut build = cargo();
    // With the whole workspace in view, dependencies get the features that the tests want too, and are compiled once.
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

/// Becomes the program, so that Ctrl-C reaches it and nobody else stands in between.
#[cfg(unix)]
fn become_it(mut program: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut program: Command) -> Result<()> {
    run_command(&mut program)
}
