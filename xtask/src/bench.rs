//! `cargo xtask bench`: how fast the collector is, and how long a visitor waits for it.

use crate::cargo::{cargo, run};
use crate::step::step;
use anyhow::{Result, bail};

/// Builds the collector for release and measures it; the options are those of `bench/src/main.rs`. `opening` measures what
/// a visitor with a phone waits for instead.
///
/// # Errors
/// If something does not compile or start, or if something acknowledged was lost.
pub fn bench(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(step("The collector, for release", || crate::run::collector(true))?)?;
    match options {
        ["opening"] => {
            crate::browser::ready()?;
            let opening = ["run", "--release", "--package", "tests", "--bin", "opening"];
            return run(cargo().args(opening).env("TABLESIDE_BIN", program));
        }
        ["opening", odd, ..] => bail!("`cargo xtask bench opening` has no option `{odd}`."),
        _ => {}
    }
    run(cargo().args(["build", "--workspace", "--release", "--bin", "bench"]))?;
    run(std::process::Command::new(program.with_file_name("bench")).args(options))
}
