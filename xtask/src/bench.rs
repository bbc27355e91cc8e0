//! `cargo xtask bench`: how fast the collector is, and how long a visitor waits for it.

use crate::cargo::{cargo, run};
use crate::step::step;
use anyhow::{Result, bail};

/// Builds the collector for release and measures it; the options are those of `tests/bench/src/main.rs`. `opening` measures what
/// a visitor with a phone waits for instead, `talking` how long it takes until one reads what the other wrote.
///
/// # Errors
/// If something does not compile or start, or if something acknowledged was lost.
pub fn bench(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(step("The collector, for release", || crate::run::collector(true))?)?;
    match options {
        [name @ ("opening" | "talking")] => {
            crate::browser::ready()?;
            let in_browsers = ["run", "--release", "--package", "bench", "--bin", name];
            return run(cargo().args(in_browsers).env("TABLESIDE_BIN", program));
        }
        [name @ ("opening" | "talking"), odd, ..] => {
            bail!("`cargo xtask bench {name}` has no option `{odd}`.")
        }
        _ => {}
    }
    run(cargo().args(["build", "--workspace", "--release", "--bin", "bench"]))?;
    run(std::process::Command::new(program.with_file_name("bench")).args(options))
}
