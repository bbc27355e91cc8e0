//! Visitors whose page has their conversation open: each holds a stream, over which the collector would say that there is
//! something new. What a thousand of them weigh, and how much slower a response is stored meanwhile.

use crate::collector;
use crate::figures::median;
use crate::load::load;
use crate::report;
use crate::request::Requests;
use crate::sockets::raise_limit;
use crate::targets;
use anyhow::{Context, Result, ensure};
use shared::wire::NewResponse;
use shared::wire::conversation::{ConversationKey, ListConversations};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use testkit::connection::AsyncConnection;
use testkit::tempdir::TempDir;

/// How many streams there are.
const STREAMS: usize = 1_000;
/// How many clients send meanwhile, for how long, and how often, with streams and without in turn.
const CLIENTS: usize = 64;
const HOW_LONG: Duration = Duration::from_secs(3);
const ROUNDS: usize = 5;

/// Opens the streams, sends with them and without, and prints what that came to.
///
/// # Errors
/// If something does not start, or a stream is not let in or is cut off.
pub(crate) async fn measure(program: &Path) -> Result<String> {
    raise_limit();
    let folder = TempDir::new("streams")?;
    let database = folder.sqlite("streams.db");
    let shop = collector::add_shop(program, &database)?;
    let server = collector::start(program, &database)?;
    let (address, at) = (server.address, [server.address]);
    let talks = talks(address, &shop).await?;
    let (mut without, mut with, mut memory_mb) = (Vec::new(), Vec::new(), 0.0_f64);
    // The first round warms up.
    for round in 0..=ROUNDS {
        let alone = load(&at, &shop, CLIENTS, HOW_LONG).await?.figures();
        let mut streams = Vec::with_capacity(STREAMS);
        for (visitor, talk) in talks.iter().enumerate() {
            streams.push(listen(address, &shop, talk, visitor).await?);
        }
        let beside = load(&at, &shop, CLIENTS, HOW_LONG).await?.figures();
        for stream in &mut streams {
            ensure!(stream.is_open(), "a stream was cut off");
        }
        memory_mb = memory_mb.max(server.memory()?.now);
        if round > 0 {
            without.push(alone.per_second);
            with.push(beside.per_second);
        }
    }
    server.stop()?;
    let (without, with) = (median(without), median(with));
    let rates =
        format!("{with:.0} a second with {STREAMS} open streams, {without:.0} without, {CLIENTS} clients\n");
    Ok(rates + report::results(&targets::streams(memory_mb, with / without)).as_str())
}

/// So many conversations, each with the secret that opens it.
async fn talks(address: SocketAddr, shop: &str) -> Result<Vec<ConversationKey>> {
    let (mut requests, mut connection) = (Requests::to(shop)?, AsyncConnection::open(address).await?);
    let mut talks = Vec::with_capacity(STREAMS);
    while talks.len() < STREAMS {
        let (request, _) = requests.next();
        let body =
            request.windows(4).position(|four| four == b"\r\n\r\n").context("a request without a body")?;
        let sent: NewResponse = serde_json::from_slice(&request[body + 4..])?;
        let answer = connection.request(request).await?;
        ensure!(answer.status == 201, "a complaint is {}", answer.status);
        // The others are no complaints, and so no conversations.
        if sent.rating <= 2 {
            talks.push(ConversationKey { id: sent.id, secret: sent.secret });
        }
    }
    Ok(talks)
}

/// Opens a stream, as the page of this visitor does.
async fn listen(
    address: SocketAddr,
    shop: &str,
    talk: &ConversationKey,
    visitor: usize,
) -> Result<AsyncConnection> {
    let body = serde_json::to_string(&ListConversations { shop: shop.to_owned(), keys: vec![talk.clone()] })?;
    let request = format!(
        "POST /v1/conversations/news HTTP/1.1\r\nhost: {address}\r\nx-forwarded-for: 2001:db8:1:{visitor:x}::1\r\n\
         content-type: application/json\r\nsec-fetch-site: same-origin\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = AsyncConnection::open(address).await?;
    let status = stream.begin(request.as_bytes()).await?;
    ensure!(status == 200, "a stream is {status}");
    Ok(stream)
}
