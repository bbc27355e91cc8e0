//! A burst: so many clients that come at the same moment, each with one response.

use crate::figures::Tally;
use crate::request::Requests;
use anyhow::Result;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::connection::AsyncConnection;
use tokio::task::JoinSet;

/// How many come at once.
pub(crate) const CLIENTS: usize = 512;
/// How long each of them waits.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Lets them come, and says what became of each; how long an answer took includes connecting.
///
/// # Errors
/// If a client could not do its work at all.
pub(crate) async fn burst(addresses: &[SocketAddr], shop: &str) -> Result<Tally> {
    let mut requests = Requests::to(shop)?;
    let all: Vec<_> = (0..CLIENTS)
        .zip(addresses.iter().copied().cycle())
        .map(|(_, address)| {
            let (bytes, id) = requests.next();
            (address, bytes.to_vec(), id)
        })
        .collect();
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for (address, bytes, id) in all {
        clients.spawn(async move {
            let mut tally = Tally::default();
            let one = async {
                let mut connection = AsyncConnection::open(address).await?;
                let answer = connection.request(&bytes).await?;
                tally.answered(answer.status, begin.elapsed(), answer.body, id.as_str());
                std::io::Result::Ok(())
            };
            if !matches!(tokio::time::timeout(TIMEOUT, one).await, Ok(Ok(()))) {
                tally.broken += 1;
            }
            tally
        });
    }
    let mut tally = Tally::default();
    while let Some(one) = clients.join_next().await {
        tally.add(one?);
    }
    tally.elapsed = begin.elapsed();
    Ok(tally)
}
