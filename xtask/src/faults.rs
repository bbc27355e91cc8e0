//! `cargo xtask faults`: injects faults into a running collector.

use crate::process::{cargo, run};
use crate::timing::timed;
use anyhow::Result;

/// Builds the collector and injects faults; `cargo xtask faults --list` names them.
pub(crate) fn faults(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(timed("The collector", || crate::run::collector(false))?)?;
    run(cargo().args(["build", "--workspace", "--bin", "faults"]))?;
    run(std::process::Command::new(program.with_file_name("faults"))
        .args(options)
        .env("TABLESIDE_BIN", &program))
}
