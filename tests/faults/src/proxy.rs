//! A stretch of network between a visitor and a collector that loses answers: it waits until the collector has
//! answered, which it does after its commit, and then hangs up.

use anyhow::Result;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// How long it waits for anything.
const TIMEOUT: Duration = Duration::from_secs(10);

/// It listens as long as it lives.
pub(crate) struct Proxy {
    /// Where.
    pub(crate) address: SocketAddr,
    eaten: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Proxy {
    /// Passes requests on and eats the answers.
    pub(crate) fn that_eats_answers(to: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self { address: listener.local_addr()?, eaten: Arc::default(), over: Arc::default() };
        let (eaten, over) = (proxy.eaten.clone(), proxy.over.clone());
        std::thread::spawn(move || {
            for visitor in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let eaten = eaten.clone();
                std::thread::spawn(move || {
                    if eat(visitor, to).is_ok_and(|n| n > 0) {
                        eaten.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Ok(proxy)
    }

    /// How many answers it has eaten.
    pub(crate) fn eaten(&self) -> u64 {
        self.eaten.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Passes on what the visitor sends until the collector says something; that is not passed on.
fn eat(visitor: TcpStream, to: SocketAddr) -> std::io::Result<usize> {
    let mut collector = TcpStream::connect_timeout(&to, TIMEOUT)?;
    collector.set_read_timeout(Some(TIMEOUT))?;
    let (mut from, mut into) = (visitor.try_clone()?, collector.try_clone()?);
    let pass_on = std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n) = from.read(&mut bytes) {
            if n == 0 || into.write_all(&bytes[..n]).is_err() {
                return;
            }
        }
    });
    let n = collector.read(&mut [0; 4096]);
    // Both sides see a connection that broke.
    let _ = visitor.shutdown(Shutdown::Both);
    let _ = collector.shutdown(Shutdown::Both);
    let _ = pass_on.join();
    n
}
