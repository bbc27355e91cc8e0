//! The collector itself, as an owner would start it.

use crate::process::{Server, free_address};
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Adds a shop to this database, which is made if it is not there; gives back the shop's key.
///
/// # Errors
/// If the program says no.
pub fn add_shop(program: &Path, database: &str) -> Result<String> {
    let added = Command::new(program)
        .args(["shop", "add", "Kiln & Co", "--person", "Anna", "--origin", "https://shop.example"])
        .args(["--database", database])
        .output()
        .with_context(|| format!("{} could not be started", program.display()))?;
    ensure!(added.status.success(), "no shop: {}", String::from_utf8_lossy(&added.stderr));
    let said = String::from_utf8_lossy(&added.stdout);
    let key = said.lines().find_map(|line| line.strip_prefix("key: "));
    Ok(key.context("the shop has no key")?.to_owned())
}

/// How much one shop may get a minute: more than there will be, so that the limits are reckoned but not reached.
const RATE_PER_SHOP: &str = "1000000000";

/// Starts the collector on this database and waits until it is ready.
///
/// # Errors
/// If it does not start.
pub async fn start(program: &Path, database: &str) -> Result<Server> {
    let address = free_address()?;
    Server::start(command(program, address, database), address).await
}

/// The command that starts the collector. Every check is on; it believes the proxy that the requests say they came through, so
/// that every visitor has an address of their own.
pub fn command(program: &Path, address: SocketAddr, database: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("serve").args(["--listen", &address.to_string(), "--database", database]);
    command.env("RUST_LOG", "error");
    command.env("TABLESIDE_TRUSTED_PROXY", "127.0.0.1").env("TABLESIDE_RATE_PER_SHOP", RATE_PER_SHOP);
    command
}
