//! Many sockets: browsers that keep a connection and say nothing, and bodies that come a byte at a time.

use crate::figures::Figures;
use crate::load::load;
use crate::request::Requests;
use anyhow::Result;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::time::Duration;
use testkit::connection::AsyncConnection;
use testkit::server_process::{Memory, ServerProcess};
use tokio::task::JoinSet;

/// How many honest visitors there are meanwhile, and for how long: less than the collector gives a slow body.
const HONEST: usize = 16;
const HOW_LONG: Duration = Duration::from_secs(5);
/// How long each slow one waits between two bytes.
const PAUSE: Duration = Duration::from_millis(500);
/// Files that a process needs beside its sockets.
const OTHER_FILES: u64 = 200;

/// What it was like.
pub(crate) struct Held {
    /// Sockets that were asked for: idle, slow.
    pub(crate) asked: [usize; 2],
    /// Sockets that were let in: idle, slow.
    pub(crate) let_in: [usize; 2],
    /// Idle ones that were not closed after their one answer.
    pub(crate) kept: usize,
    /// The collector's memory at the end.
    pub(crate) memory: Memory,
    /// What the honest visitors saw.
    pub(crate) honest: Figures,
    /// Their good answers.
    pub(crate) good: u64,
    /// Theirs without an answer.
    pub(crate) broken: u64,
}

/// Raises the limit of open files as far as it goes, for this process and those it starts; says how far that is.
pub(crate) fn raise_limit() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // If not, then not: the limit that stays is what counts.
    let _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Holds so many sockets open while honest visitors come; or a sentence if this machine does not allow so many.
///
/// # Errors
/// If the collector is gone.
pub(crate) async fn hold(
    server: &ServerProcess,
    shop: &str,
    asked: [usize; 2],
) -> Result<Result<Held, String>> {
    let needed = asked.iter().sum::<usize>() as u64 + OTHER_FILES;
    let limit = raise_limit();
    if limit < needed {
        return Ok(Err(format!("Left out: {needed} open files are needed, and `ulimit -n` allows {limit}.")));
    }
    let idle =
        open(server.address, asked[0], b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".to_vec()).await;
    let mut requests = Requests::to(shop)?;
    let slow = begin_slowly(server.address, asked[1], requests.next().0).await;
    let let_in = [idle.len(), slow.len()];
    let kept = idle.iter().filter(|(_, is_last)| !is_last).count();
    let feeding = tokio::spawn(feed(slow));
    let tally = load(&[server.address], shop, HONEST, HOW_LONG).await?;
    let memory = server.memory()?;
    feeding.abort();
    let (good, broken) = (tally.good, tally.broken);
    Ok(Ok(Held { asked, let_in, kept, memory, honest: tally.figures(), good, broken }))
}

/// Connections that have got one answer and then say nothing more; and whether that answer was a goodbye.
async fn open(address: SocketAddr, count: usize, request: Vec<u8>) -> Vec<(AsyncConnection, bool)> {
    let mut let_in = Vec::with_capacity(count);
    while let_in.len() < count {
        let mut some = JoinSet::new();
        for _ in 0..(count - let_in.len()).min(250) {
            let request = request.clone();
            some.spawn(async move {
                let mut connection = AsyncConnection::open(address).await.ok()?;
                let is_last = connection.request(&request).await.ok()?.is_last;
                Some((connection, is_last))
            });
        }
        let before = let_in.len();
        let_in.extend(some.join_all().await.into_iter().flatten());
        if let_in.len() == before {
            break;
        }
    }
    let_in
}

/// Connections that have sent a head and the first byte of a body.
async fn begin_slowly(address: SocketAddr, count: usize, request: &[u8]) -> Vec<AsyncConnection> {
    let head = request.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 5);
    let mut let_in = Vec::with_capacity(count);
    for _ in 0..count {
        let Ok(mut connection) = AsyncConnection::open(address).await else { break };
        if connection.send(&request[..head]).await.is_ok() {
            let_in.push(connection);
        }
    }
    let_in
}

/// Sends a blank from each now and then, until it is ended.
async fn feed(mut slow: Vec<AsyncConnection>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        for connection in &mut slow {
            // A connection that was closed sends nothing more.
            let _ = connection.send(b" ").await;
        }
    }
}
