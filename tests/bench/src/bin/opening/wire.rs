//! A phone's connection, put between the browser and the collector: so many bits a second for all that goes one way,
//! half the round trip each way, and, unless connections are taken for open, one round trip before a new one carries
//! anything, and slow start.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// There and back. Source: the product's own goal for a phone, which is Chromium's "Slow 4G".
pub(crate) const ROUND_TRIP: Duration = Duration::from_millis(150);
/// What arrives in a second, all connections together. Source: the same.
pub(crate) const BITS_A_SECOND: u64 = 1_600_000;
/// How much a new connection sends before it hears that something arrived. Source: RFC 6928, ten segments.
const FIRST_WINDOW_BYTES: usize = 14_600;
/// What fits into one packet.
const PACKET_BYTES: usize = 1_460;

/// What has gone over the wire, and how it treats new connections.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Whether a new connection has to be set up first. Chromium's own throttling leaves that out.
    pub(crate) sets_up: AtomicBool,
    connections: AtomicU64,
    down_bytes: AtomicU64,
}

impl Meter {
    /// Connections opened, and bytes that came from the collector, since the last look.
    pub(crate) fn since_the_last_look(&self) -> (u64, u64) {
        (self.connections.swap(0, Ordering::Relaxed), self.down_bytes.swap(0, Ordering::Relaxed))
    }
}

/// The wire to a collector at this port.
pub(crate) struct Wire {
    /// Where the browser finds it.
    pub(crate) url: String,
    /// What has gone over it.
    pub(crate) meter: Arc<Meter>,
    listener: TcpListener,
}

impl Wire {
    /// A wire that is not connected yet.
    ///
    /// # Panics
    /// If there is no free port.
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        Self { url: format!("http://127.0.0.1:{port}"), meter: Arc::default(), listener }
    }

    /// Carries whatever comes to the collector at this address, and back, until the program ends.
    pub(crate) fn lead_to(self, collector: &str) -> Arc<Meter> {
        let collector = collector.trim_start_matches("http://").to_owned();
        let (up, down) = (Lane::default(), Lane::default());
        let meter = self.meter.clone();
        tokio::spawn(async move {
            while let Ok((browser, _)) = self.listener.accept().await {
                let Ok(server) = TcpStream::connect(&collector).await else { continue };
                self.meter.connections.fetch_add(1, Ordering::Relaxed);
                // A packet of its own for each write, as it would be on a wire with such a delay.
                let _ = (browser.set_nodelay(true), server.set_nodelay(true));
                let ((from_browser, to_browser), (from_house, to_house)) =
                    (browser.into_split(), server.into_split());
                let (shaken, window) = if self.meter.sets_up.load(Ordering::Relaxed) {
                    (Instant::now() + ROUND_TRIP, FIRST_WINDOW_BYTES)
                } else {
                    (Instant::now(), usize::MAX)
                };
                tokio::spawn(carry(from_browser, to_house, up.clone(), shaken, window, None));
                let meter = Some(self.meter.clone());
                tokio::spawn(carry(from_house, to_browser, down.clone(), shaken, window, meter));
            }
        });
        meter
    }
}

/// One way of the wire: when it will be free again.
#[derive(Clone, Default)]
struct Lane(Arc<Mutex<Option<Instant>>>);

impl Lane {
    /// When the last of these bytes has left, if they may leave from `earliest` on.
    fn takes(&self, bytes: usize, earliest: Instant) -> Instant {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = free.map_or(earliest, |free| free.max(earliest));
        let nanos = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(8_000_000_000) / BITS_A_SECOND;
        let end = begin + Duration::from_nanos(nanos);
        *free = Some(end);
        end
    }
}

/// Carries one way of one connection until it ends.
async fn carry(
    mut from: OwnedReadHalf,
    to: OwnedWriteHalf,
    lane: Lane,
    shaken: Instant,
    mut window: usize,
    meter: Option<Arc<Meter>>,
) {
    let (send, packets) = mpsc::unbounded_channel();
    tokio::spawn(deliver(to, packets));
    let mut packet = [0; PACKET_BYTES];
    // What is under way: how much, and when we shall know that it arrived.
    let mut under_way: VecDeque<(usize, Instant)> = VecDeque::new();
    while let Ok(bytes @ 1..) = from.read(&mut packet).await {
        let mut earliest = shaken.max(Instant::now());
        while under_way.iter().map(|(bytes, _)| bytes).sum::<usize>() + bytes > window {
            let Some((arrived, known_at)) = under_way.pop_front() else { break };
            window = window.saturating_add(arrived);
            earliest = earliest.max(known_at);
        }
        let left = lane.takes(bytes, earliest);
        if window < usize::MAX {
            under_way.push_back((bytes, left + ROUND_TRIP));
        }
        if let Some(meter) = &meter {
            meter.down_bytes.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
        if send.send((left + ROUND_TRIP / 2, packet[..bytes].to_vec())).is_err() {
            return;
        }
        // Read no further ahead than the wire carries, or the collector would seem to be done too early.
        sleep_until(earliest).await;
    }
}

async fn deliver(mut to: OwnedWriteHalf, mut packets: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>) {
    while let Some((at, packet)) = packets.recv().await {
        sleep_until(at).await;
        if to.write_all(&packet).await.is_err() {
            return;
        }
    }
}
