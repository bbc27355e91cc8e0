//! The load: so many clients at once, each waiting for its answer before it asks again.

use crate::figures::Tally;
use crate::request::Requests;
use anyhow::Result;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::connection::AsyncConnection;
use tokio::task::JoinSet;

/// The longest that a client waits for one response.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Loads the servers (more than one share the clients) for so long. A client that has asked when the time is over still
/// waits for the answer, so that every response is known to be stored or not.
///
/// # Errors
/// If a client could not do its work at all.
pub(crate) async fn load(
    addresses: &[SocketAddr],
    shop: &str,
    clients: usize,
    how_long: Duration,
) -> Result<Tally> {
    let requests = (0..clients).map(|_| Requests::to(shop)).collect::<Result<Vec<_>>>()?;
    let mut all = JoinSet::new();
    let begin = Instant::now();
    for (requests, address) in requests.into_iter().zip(addresses.iter().cycle()) {
        all.spawn(client(*address, requests, begin + how_long));
    }
    let mut tally = Tally::default();
    while let Some(one) = all.join_next().await {
        tally.add(one?);
    }
    tally.elapsed = begin.elapsed();
    Ok(tally)
}

async fn client(address: SocketAddr, mut requests: Requests, end: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut connection = None;
    loop {
        let asked = Instant::now();
        if asked >= end {
            return tally;
        }
        let open = match connection.take() {
            Some(open) => Ok(open),
            None => AsyncConnection::open(address).await,
        };
        let Ok(mut open) = open else {
            tally.broken += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (request, id) = requests.next();
        match tokio::time::timeout(TIMEOUT, open.request(request)).await {
            Ok(Ok(answer)) => {
                tally.answered(answer.status, asked.elapsed(), answer.body, id.as_str());
                // With many clients the collector keeps no connections, and the next request opens another.
                connection = (!answer.is_last).then_some(open);
            }
            Ok(Err(_)) | Err(_) => tally.broken += 1,
        }
    }
}
