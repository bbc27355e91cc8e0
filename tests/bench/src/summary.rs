//! The summary of a shop with few answers and with many: it must take as long for both.

use crate::database_server::DatabaseServer;
use crate::owner::{add_owner, look};
use crate::report::{self, number};
use crate::targets;
use anyhow::{Context as _, Result};
use std::fmt::Write as _;
use std::path::Path;
use testkit::program;

/// How often each page is asked for.
const TIMES: usize = 60;
/// How many times fewer answers the smaller shop has.
const FEWER: u64 = 100;

/// What an owner looks at: what it is called, and where it is.
const PAGES: [(&str, &str); 5] = [
    ("the last 7 days", "/summary?days=7"),
    ("the last 30 days", "/summary?days=30"),
    ("the last 90 days", "/summary?days=90"),
    ("the last year", "/summary?days=365"),
    ("the inbox", "/inbox"),
];

/// Fills two databases, asks for every page in both, and prints how long each took.
///
/// # Errors
/// If something does not start, or a page cannot be had.
pub(crate) async fn measure(
    program: &Path,
    databases: &DatabaseServer,
    responses: u64,
    shops: u64,
) -> Result<String> {
    let mut text = String::new();
    let mut both = Vec::new();
    for responses in [responses / FEWER, responses] {
        let database = databases.database(&format!("summary-{responses}"))?;
        add_owner(program, &database)?;
        let (responses, shops) = (responses.to_string(), shops.to_string());
        let seed = ["demo", "seed", "--days", "730", "--responses", &responses, "--shops", &shops];
        text.push_str(&program::printed(program, &database, &seed, "")?);
        both.push(look(program, &database, &PAGES.map(|(_, path)| path), TIMES).await?);
    }
    let [few, many] = &both[..] else { unreachable!("two databases were looked at") };
    writeln!(
        text,
        "\n{:<24}{:>14}{:>14}{:>14}{:>10}",
        "page", "few, p50 ms", "many, p50 ms", "many, p99 ms", "growth"
    )?;
    let mut growth = 0.0_f64;
    for (((name, path), [few, ..]), [many, p99, _]) in PAGES.iter().zip(&few.took_ms).zip(&many.took_ms) {
        // The inbox has a bar of its own.
        if path.starts_with("/summary") {
            growth = growth.max(many / few);
        }
        let (few, many, grown) = (number(*few), number(*many), number(many / few));
        writeln!(text, "{name:<24}{few:>14}{many:>14}{:>14}{grown:>10}", number(*p99))?;
    }
    let usual = PAGES.iter().position(|(_, path)| *path == "/summary?days=90").context("a usual page")?;
    let inbox = many.took_ms.last().context("the inbox")?[0];
    let wanted_ms = if matches!(databases, DatabaseServer::Postgres(_)) { 40.0 } else { 20.0 };
    text.push_str(&report::results(&targets::summary(
        wanted_ms,
        many.took_ms[usual][0],
        inbox,
        growth,
        many.page_bytes,
    )));
    Ok(text)
}
