//! The inbox of a shop with a long history: how long its lists and its search take, asked one after the other as an owner
//! does, over HTTP.

use crate::figures::median;
use crate::http::Connection;
use crate::place::Place;
use crate::process::Server;
use crate::report::number;
use crate::targets::{self, Verdict};
use crate::{collector, report};
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Who keeps the demo's shop.
const ANNA: &str = "anna@kilnandkettle.example";
/// Her password here.
const PASSWORD: &str = "correct horse battery";
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
pub async fn measure(program: &Path, conversations: u64) -> Result<String> {
    let place = Place::new("inbox")?;
    let database = place.sqlite("inbox.db");
    say(program, &["owner", "add", ANNA, "--password-stdin"], &database, PASSWORD)?;
    let responses = (conversations * ANSWERS / CONVERSATIONS).to_string();
    let seeded = say(program, &["demo", "seed", "--days", "365", "--responses", &responses], &database, "")?;
    let server = collector::start(program, &database).await?;
    let mut connection = Connection::open(server.address).await?;
    let cookie = sign_in(&mut connection, &server).await?;
    let mut took_ms: Vec<Vec<f64>> = vec![Vec::with_capacity(TIMES); PAGES.len()];
    // In turn, so that whatever else the machine does hurts all of them alike. The first round warms up.
    for round in 0..=TIMES {
        for ((_, path), took_ms) in PAGES.iter().zip(&mut took_ms) {
            let request =
                format!("GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n", server.address);
            let begun = Instant::now();
            let answer = connection.ask(request.as_bytes()).await?;
            ensure!(answer.status == 200, "{path} is {}", answer.status);
            if round > 0 {
                took_ms.push(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let mut text = format!("{seeded}\n{:<32}{:>10}{:>10}{:>10}\n", "page", "p50 ms", "p99 ms", "max ms");
    let mut slowest = 0.0_f64;
    for ((name, _), took_ms) in PAGES.iter().zip(took_ms) {
        let [middle, p99, max] = figures(took_ms);
        slowest = slowest.max(p99);
        writeln!(text, "{name:<32}{:>10}{:>10}{:>10}", number(middle), number(p99), number(max))?;
    }
    let memory = server.memory()?;
    server.stop()?;
    let verdicts: Vec<Verdict> = targets::inbox(slowest, memory.peak);
    text.push_str(&report::verdicts(&verdicts));
    Ok(text)
}

/// The median, what 99 of 100 are quicker than, and the slowest.
fn figures(mut took_ms: Vec<f64>) -> [f64; 3] {
    took_ms.sort_by(f64::total_cmp);
    let last = took_ms.len().saturating_sub(1);
    let at = |place: usize| took_ms.get(place.min(last)).copied().unwrap_or_default();
    [median(took_ms.clone()), at(took_ms.len() * 99 / 100), at(last)]
}

/// What a command says on this database.
fn say(program: &Path, args: &[&str], database: &str, input: &str) -> Result<String> {
    let mut child = Command::new(program)
        .args(args)
        .args(["--database", database])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", program.display()))?;
    child.stdin.take().context("a command without an input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "`tableside {}` failed", args.join(" "));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Signs the owner in; gives back the cookie as a browser sends it.
async fn sign_in(connection: &mut Connection, server: &Server) -> Result<String> {
    let form = format!("email={}&password={}", ANNA.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        server.address,
        form.len()
    );
    let answer = connection.ask(request.as_bytes()).await?;
    let head = String::from_utf8_lossy(answer.head).into_owned();
    let cookie = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.split(';').next().unwrap_or_default().to_owned())
    });
    cookie.with_context(|| format!("nobody was signed in: {}", answer.status))
}
