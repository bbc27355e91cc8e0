//! `cargo xtask faults`: breaks things under a running collector.

use crate::cargo::{cargo, run};
use crate::step::step;
use anyhow::Result;

/// Builds the collector and tries it; the options are those of `tests/faults/src/main.rs`.
///
/// # Errors
/// If something acknowledged was lost or doubled, or another promise was not kept.
pub fn faults(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(step("The collector", || crate::run::collector(false))?)?;
    run(cargo().args(["build", "--workspace", "--bin", "faults"]))?;
    run(std::process::Command::new(program.with_file_name("faults"))
        .args(options)
        .env("TABLESIDE_BIN", &program))
}
