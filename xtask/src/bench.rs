//! `cargo xtask bench`: how fast the collector is.

use crate::cargo::{cargo, run};
use crate::step::step;
use anyhow::Result;

/// Builds the collector for release and measures it; the options are those of `bench/src/main.rs`.
///
/// # Errors
/// If something does not compile or start, or if something acknowledged was lost.
pub fn bench(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(step("The collector, for release", || crate::run::collector(true))?)?;
    run(cargo().args(["build", "--workspace", "--release", "--bin", "bench"]))?;
    run(std::process::Command::new(program.with_file_name("bench")).args(options))
}
