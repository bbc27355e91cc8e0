//! The inbox of a shop with a long history: how long its lists and its search take, asked one after the other as an owner
//! does, over HTTP.

use crate::owner::{add_owner, look};
use crate::report::{self, number};
use crate::targets::{self, TargetResult};
use anyhow::Result;
use std::fmt::Write as _;
use std::path::Path;
use testkit::program;
use testkit::tempdir::TempDir;

/// How often each page is asked for.
const TIMES: usize = 150;
/// Of so many answers in the made-up history, …
const ANSWERS: u64 = 1_000;
/// … so many become conversations.
const CONVERSATIONS: u64 = 128;

/// What an owner looks at: what it is called, and where it is.
const PAGES: [(&str, &str); 17] = [
    ("who waits", "/inbox"),
    ("in hand", "/inbox?view=in_hand"),
    ("put right", "/inbox?view=put_right"),
    ("won back", "/inbox?view=recovered"),
    ("unconfirmed", "/inbox?view=unconfirmed"),
    ("set aside", "/inbox?view=set_aside"),
    ("won back, one cause", "/inbox?view=recovered&cause=late_parcel"),
    ("won back, a rare cause", "/inbox?view=recovered&cause=wrong_item"),
    ("won back, one moment", "/inbox?view=recovered&moment=any_time"),
    ("won back, one reason", "/inbox?view=recovered&reason=checkout"),
    ("search: a word of many", "/inbox?q=bowl"),
    ("search: two words", "/inbox?q=cracked+teapot"),
    ("search: the beginning of one", "/inbox?q=speck"),
    ("search: an order number", "/inbox?q=20418"),
    ("search: a name in addresses", "/inbox?q=marta"),
    ("search: nothing like it", "/inbox?q=zeppelin"),
    ("search: in one list", "/inbox?view=recovered&q=postage"),
];

/// Fills a shop, asks for every page, and prints how long each took.
///
/// # Errors
/// If something does not start, or a page cannot be had.
pub(crate) async fn measure(program: &Path, conversations: u64) -> Result<String> {
    let folder = TempDir::new("inbox")?;
    let database = folder.sqlite("inbox.db");
    add_owner(program, &database)?;
    let responses = (conversations * ANSWERS / CONVERSATIONS).to_string();
    let seeded = program::printed(
        program,
        &database,
        &["demo", "seed", "--days", "365", "--responses", &responses],
        "",
    )?;
    let looked = look(program, &database, &PAGES.map(|(_, path)| path), TIMES).await?;
    let mut text = format!("{seeded}\n{:<32}{:>10}{:>10}{:>10}\n", "page", "p50 ms", "p99 ms", "max ms");
    let mut slowest = 0.0_f64;
    for ((name, _), [middle, p99, max]) in PAGES.iter().zip(looked.took_ms) {
        slowest = slowest.max(p99);
        writeln!(text, "{name:<32}{:>10}{:>10}{:>10}", number(middle), number(p99), number(max))?;
    }
    let results: Vec<TargetResult> = targets::inbox(slowest, looked.peak_mb);
    text.push_str(&report::results(&results));
    Ok(text)
}
