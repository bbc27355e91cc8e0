//! Runs other programs, above all cargo.

use anyhow::{Context, Result, ensure};
use std::process::Command;

/// The cargo that runs this program, without the variables that it sets: some build scripts (ring's) run
/// again when those differ, and the next `cargo build` by hand would compile half the tree again.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    for (name, _) in std::env::vars_os() {
        let set_by_cargo = name.to_str().is_some_and(|n| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"].iter().any(|p| n.starts_with(p))
                || n == "CARGO"
        });
        if set_by_cargo {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Runs a program to its end. An exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = command_line(command);
    let status = command.status().with_context(|| format!("`{name}` could not be started"))?;
    ensure!(status.success(), "`{name}` ended with {status}");
    Ok(())
}

/// Runs a program and gives its standard output, trimmed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command_line(command);
    let output = command.output().with_context(|| format!("`{name}` could not be started"))?;
    ensure!(
        output.status.success(),
        "`{name}` ended with {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn command_line(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}
