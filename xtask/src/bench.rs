//! `cargo xtask bench`: measures the throughput of the collector, and how long a visitor waits for it.

use crate::process::{cargo, run};
use crate::timing::timed;
use anyhow::{Result, bail};

/// Builds the collector for release and measures it. `opening` and `talking` are measured in browsers; all
/// other options go to the program `bench`.
pub(crate) fn bench(options: &[&str]) -> Result<()> {
    let program = std::path::absolute(timed("The collector, for release", || crate::run::collector(true))?)?;
    match options {
        [name @ ("opening" | "talking")] => {
            crate::browser::ensure_installed()?;
            let in_browser = ["run", "--release", "--package", "bench", "--bin", name];
            return run(cargo().args(in_browser).env("TABLESIDE_BIN", program));
        }
        [name @ ("opening" | "talking"), odd, ..] => {
            bail!("`cargo xtask bench {name}` has no option `{odd}`.")
        }
        _ => {}
    }
    run(cargo().args(["build", "--workspace", "--release", "--bin", "bench"]))?;
    run(std::process::Command::new(program.with_file_name("bench")).args(options))
}
