//! The collector itself, as an owner would start it.

use anyhow::Result;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use testkit::program::{self, free_address};
use testkit::server_process::ServerProcess;

/// How much one shop may get a minute: more than there will be, so that the limits are reckoned but not reached.
const RATE_PER_SHOP: &str = "1000000000";

/// Adds a shop to this database, which is made if it is not there; gives back the shop's key.
///
/// # Errors
/// If the program refuses it.
pub(crate) fn add_shop(program: &Path, database: &str) -> Result<String> {
    program::add_shop(program, database, "Kiln & Co", "https://shop.example")
}

/// Starts the collector on this database and waits until it is ready.
///
/// # Errors
/// If it does not start.
pub(crate) fn start(program: &Path, database: &str) -> Result<ServerProcess> {
    let address = free_address()?;
    wait_for(command(program, address, database), address)
}

/// Starts a server whose log is of no interest, and waits until it is ready.
///
/// # Errors
/// If it does not start.
pub(crate) fn wait_for(mut command: Command, address: SocketAddr) -> Result<ServerProcess> {
    command.stdout(Stdio::null());
    ServerProcess::start(command, address, "/readyz")
}

/// The command that starts the collector. Every check is on; it believes the proxy that the requests say they came through, so
/// that every visitor has an address of their own.
pub(crate) fn command(program: &Path, address: SocketAddr, database: &str) -> Command {
    let mut command = program::serve(program, database, address);
    command.env("RUST_LOG", "error");
    command.env("TABLESIDE_TRUSTED_PROXY", "127.0.0.1").env("TABLESIDE_RATE_PER_SHOP", RATE_PER_SHOP);
    command
}
