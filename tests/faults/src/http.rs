//! As much HTTP as a visitor's browser needs to talk to a collector on this machine: one request at a time over a
//! connection that stays open. Blocking, so that a fault can hold it at any byte.

use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Seconds to wait before trying again, if told.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it says "stored", and means this id.
    pub fn acknowledges(&self, id: &str) -> bool {
        (200..300).contains(&self.status)
            && serde_json::from_slice::<serde_json::Value>(&self.body)
                .is_ok_and(|body| body.get("id").and_then(serde_json::Value::as_str) == Some(id))
    }
}

/// A connection to a collector.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// Connects; nothing on it takes longer than `patience`.
    pub fn open(to: SocketAddr, patience: Duration) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&to, patience)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Sends a response and waits for the answer.
    pub fn post(&mut self, body: &str) -> Result<Answer> {
        self.send(post(body).as_bytes())?;
        self.answer()
    }

    /// Asks for a page as a shop's page would, and waits for the answer.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(
            format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nreferer: https://kiln.example/cart\r\n\r\n")
                .as_bytes(),
        )?;
        self.answer()
    }

    /// Waits for an answer to what was sent.
    pub fn answer(&mut self) -> Result<Answer> {
        let head_ends = loop {
            if let Some(at) = self.received.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.receive()?;
        };
        let head =
            String::from_utf8(self.received[..head_ends].to_vec()).context("a head that is no text")?;
        let status =
            head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("a head without a status")?;
        let field = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim())
        };
        let retry_after = field("retry-after").and_then(|v| v.parse().ok());
        let is_last = field("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        let Some(length) = field("content-length").and_then(|v| v.parse::<usize>().ok()) else {
            bail!("an answer without a length");
        };
        while self.received.len() < head_ends + length {
            self.receive()?;
        }
        let body = self.received[head_ends..head_ends + length].to_vec();
        self.received.drain(..head_ends + length);
        if is_last {
            // Whoever uses this connection again finds it closed and opens another.
            let _ = self.stream.shutdown(std::net::Shutdown::Both);
        }
        Ok(Answer { status, retry_after, body })
    }

    /// Whether the other side has closed it, without waiting.
    pub fn is_closed(&mut self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return true;
        }
        let mut byte = [0; 512];
        let closed = loop {
            match self.stream.read(&mut byte) {
                Ok(0) => break true,
                Ok(_) => {}
                Err(e) => break e.kind() != std::io::ErrorKind::WouldBlock,
            }
        };
        closed || self.stream.set_nonblocking(false).is_err()
    }

    fn receive(&mut self) -> Result<()> {
        let mut bytes = [0; 4096];
        let n = self.stream.read(&mut bytes)?;
        if n == 0 {
            bail!("the connection was closed before the answer");
        }
        self.received.extend_from_slice(&bytes[..n]);
        Ok(())
    }
}

/// The request that sends a response, as the frame's page would.
pub fn post(body: &str) -> String {
    format!(
        "POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
