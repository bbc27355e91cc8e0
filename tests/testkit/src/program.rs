//! The real program: where it lies, its short commands, and the command line of `tableside serve`.

use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

/// The program under test: `TABLESIDE_BIN`, or the one that a debug build leaves.
pub fn path() -> PathBuf {
    std::env::var_os("TABLESIDE_BIN").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug/tableside"),
        PathBuf::from,
    )
}

/// Any command of the program on this database. What a developer's machine says to the program is left out.
pub fn command(program: &Path, database: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    configure(&mut command, database, args);
    command
}

/// The command that serves this database at this address.
pub fn serve(program: &Path, database: &str, address: SocketAddr) -> Command {
    command(program, database, &["serve", "--listen", &address.to_string()])
}

/// The same, with at most so many open files.
pub fn serve_with_few_descriptors(
    program: &Path,
    database: &str,
    address: SocketAddr,
    descriptors: u32,
) -> Command {
    let mut command = Command::new("prlimit");
    command.arg(format!("--nofile={descriptors}:{descriptors}")).arg(program);
    configure(&mut command, database, &["serve", "--listen", &address.to_string()]);
    command
}

fn configure(command: &mut Command, database: &str, args: &[&str]) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TABLESIDE_") || name == "RUST_LOG") {
            command.env_remove(name);
        }
    }
    command.args(args).env("TABLESIDE_DATABASE", database).env("TZ", "UTC").env("NO_COLOR", "1");
}

/// Runs a command to its end, with this on its standard input.
///
/// # Errors
/// If it cannot be started.
pub fn run(mut command: Command, input: &str) -> Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{:?} could not be started", command.get_program()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads nothing may be gone before we have written.
        let _ = stdin.write_all(input.as_bytes());
    }
    Ok(child.wait_with_output()?)
}

/// What a short command of the program prints on this database.
///
/// # Errors
/// If it fails, with what it printed as its error.
pub fn printed(program: &Path, database: &str, args: &[&str], input: &str) -> Result<String> {
    let output = run(command(program, database, args), input)?;
    ensure!(
        output.status.success(),
        "`tableside {}` failed: {}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Adds a shop that may be visited from this origin; the database is made if it is not there. Gives back the shop's key.
///
/// # Errors
/// If the program refuses it.
pub fn add_shop(program: &Path, database: &str, name: &str, origin: &str) -> Result<String> {
    let args = ["shop", "add", name, "--person", "Anna", "--origin", origin];
    let printed = printed(program, database, &args, "")?;
    let key = printed.lines().find_map(|line| line.strip_prefix("key: "));
    Ok(key.with_context(|| format!("`shop add` prints a key: {printed}"))?.to_owned())
}

/// A port of this machine that is free now, and that this process was not given before: with two servers on one port, the
/// second's test would speak with the first. Another process could take it meanwhile; then the start says so.
///
/// # Errors
/// If there is none.
pub fn free_address() -> Result<SocketAddr> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        if GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(address.port()) {
            return Ok(address);
        }
    }
}
