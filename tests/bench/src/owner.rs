//! An owner who looks at one page after the other, over HTTP.

use crate::collector;
use crate::figures::median;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Instant;
use testkit::connection::AsyncConnection;
use testkit::program;
use testkit::server_process::ServerProcess;

/// Who keeps the demo's shop.
const ANNA: &str = "anna@kilnandkettle.example";
/// Her password here.
const PASSWORD: &str = "correct horse battery";

/// Adds the owner of the demo's shop.
///
/// # Errors
/// If the command fails.
pub(crate) fn add_owner(program: &Path, database: &str) -> Result<()> {
    program::printed(program, database, &["owner", "add", ANNA, "--password-stdin"], PASSWORD).map(drop)
}

/// How long pages took.
pub(crate) struct Looked {
    /// For each page the median, what 99 of 100 are quicker than, and the slowest, in milliseconds.
    pub(crate) took_ms: Vec<[f64; 3]>,
    /// How many bytes the largest of them has as it is sent.
    pub(crate) page_bytes: usize,
    /// The most memory the collector had, in MB.
    pub(crate) peak_mb: f64,
}

/// Starts the collector, asks for these pages so many times each, and stops it.
///
/// # Errors
/// If something does not start, or a page cannot be had.
pub(crate) async fn look(program: &Path, database: &str, pages: &[&str], times: usize) -> Result<Looked> {
    let server = collector::start(program, database)?;
    let mut connection = AsyncConnection::open(server.address).await?;
    let cookie = sign_in(&mut connection, &server).await?;
    let mut took_ms: Vec<Vec<f64>> = vec![Vec::with_capacity(times); pages.len()];
    let mut page_bytes = 0;
    // In turn, so that whatever else the machine does hurts all of them alike. The first round warms up.
    for round in 0..=times {
        for (path, took_ms) in pages.iter().zip(&mut took_ms) {
            let request = format!(
                "GET {path} HTTP/1.1\r\nhost: {}\r\naccept-encoding: br\r\ncookie: {cookie}\r\n\r\n",
                server.address
            );
            let begun = Instant::now();
            let answer = connection.request(request.as_bytes()).await?;
            ensure!(answer.status == 200, "{path} is {}", answer.status);
            page_bytes = page_bytes.max(answer.body.len());
            if round > 0 {
                took_ms.push(begun.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    let memory = server.memory()?;
    server.stop()?;
    Ok(Looked { took_ms: took_ms.into_iter().map(figures).collect(), page_bytes, peak_mb: memory.peak })
}

/// The median, what 99 of 100 are quicker than, and the slowest.
fn figures(mut took_ms: Vec<f64>) -> [f64; 3] {
    took_ms.sort_by(f64::total_cmp);
    let last = took_ms.len().saturating_sub(1);
    let at = |place: usize| took_ms.get(place.min(last)).copied().unwrap_or_default();
    [median(took_ms.clone()), at(took_ms.len() * 99 / 100), at(last)]
}

/// Signs the owner in; gives back the cookie as a browser sends it.
///
/// # Errors
/// If the sign-in is refused.
pub(crate) async fn sign_in(connection: &mut AsyncConnection, server: &ServerProcess) -> Result<String> {
    let form = format!("email={}&password={}", ANNA.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        server.address,
        form.len()
    );
    let answer = connection.request(request.as_bytes()).await?;
    let head = String::from_utf8_lossy(answer.head).into_owned();
    let cookie = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.split(';').next().unwrap_or_default().to_owned())
    });
    cookie.with_context(|| format!("nobody was signed in: {}", answer.status))
}
