//! Everything of a shop, taken along: how long each file takes, and how much memory that needs.

use crate::database_server::DatabaseServer;
use crate::owner::{add_owner, sign_in};
use crate::report::{self, number};
use crate::{collector, targets};
use anyhow::{Result, ensure};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;
use testkit::connection::AsyncConnection;
use testkit::program;

/// What is taken along.
const FILES: [&str; 6] = [
    "/responses.csv",
    "/responses.json",
    "/conversations.csv",
    "/conversations.json",
    "/counts.csv",
    "/counts.json",
];

/// Fills a shop, takes every file along, and prints how long each took.
///
/// # Errors
/// If something does not start, or a file does not come to its end.
pub(crate) async fn measure(program: &Path, databases: &DatabaseServer, responses: u64) -> Result<String> {
    let database = databases.database("export")?;
    add_owner(program, &database)?;
    let seed = ["demo", "seed", "--days", "730", "--responses", &responses.to_string()];
    let mut text = program::printed(program, &database, &seed, "")?;
    let server = collector::start(program, &database)?;
    let mut connection = AsyncConnection::open(server.address).await?;
    let cookie = sign_in(&mut connection, &server).await?;
    let idle_mb = server.memory()?.now;
    writeln!(text, "\n{:<24}{:>12}{:>12}{:>16}", "file", "seconds", "MB", "MB above idle")?;
    let (mut longest, mut most) = (0.0_f64, 0.0_f64);
    for path in FILES {
        server.reset_peak_memory()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n",
            server.address
        );
        let begun = Instant::now();
        let file = AsyncConnection::open(server.address).await?.drain(request.as_bytes()).await?;
        let seconds = begun.elapsed().as_secs_f64();
        ensure!(file.status == 200 && file.is_whole, "{path} did not come to its end");
        let above_mb = server.memory()?.peak - idle_mb;
        most = most.max(above_mb);
        if path.starts_with("/responses") {
            longest = longest.max(seconds);
        }
        let size = number(file.bytes as f64 / 1e6);
        writeln!(text, "{path:<24}{:>12}{size:>12}{:>16}", number(seconds), number(above_mb))?;
    }
    server.stop()?;
    text.push_str(&report::results(&targets::export(longest * 1e6 / responses as f64, most)));
    Ok(text)
}
