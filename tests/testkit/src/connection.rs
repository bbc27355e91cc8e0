//! As much of HTTP/1.1 as loads and faults need: bytes as they are, one response with a length, the connection kept.
//! One connection waits asynchronously and is quick enough for a load; one blocks, so that a fault can hold it at any byte.

use anyhow::{Context as _, Result, bail, ensure};
use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// The longest HTTP response that is read.
const RESPONSE_MAX_BYTES: usize = 512 * 1024;
/// The most headers that are read.
const HEADERS_MAX: usize = 32;

/// What the head of an HTTP response says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body begins.
    body_at: usize,
    /// How long the body is, if the head says so.
    length: Option<usize>,
    /// Whether the connection is closed after it.
    is_last: bool,
    /// Seconds to wait before trying again, if told.
    retry_after: Option<u64>,
}

/// The head, once it is there as a whole.
fn parse_head(bytes: &[u8]) -> Result<Option<Head>, Error> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(bytes).map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
    let httparse::Status::Complete(body_at) = parsed else { return Ok(None) };
    let value = |name: &str| {
        let found = head.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        found.and_then(|h| std::str::from_utf8(h.value).ok()).map(str::trim)
    };
    Ok(Some(Head {
        status: head.code.ok_or(ErrorKind::InvalidData)?,
        body_at,
        length: value("content-length").and_then(|n| n.parse().ok()),
        is_last: value("connection").is_some_and(|word| word.eq_ignore_ascii_case("close")),
        retry_after: value("retry-after").and_then(|n| n.parse().ok()),
    }))
}

/// The head of a response that is there from beginning to end, and where it ends.
fn parse_whole(bytes: &[u8]) -> Result<Option<(Head, usize)>, Error> {
    let Some(head) = parse_head(bytes)? else { return Ok(None) };
    let length =
        head.length.ok_or_else(|| Error::new(ErrorKind::InvalidData, "a response without a length"))?;
    let end = head.body_at + length;
    Ok((bytes.len() >= end).then_some((head, end)))
}

/// What came back over a [`BlockingConnection`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// Seconds to wait before trying again, if told.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// A connection whose calls block.
pub struct BlockingConnection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl BlockingConnection {
    /// Connects; nothing on it takes longer than this.
    ///
    /// # Errors
    /// If nothing listens there.
    pub fn open(to: SocketAddr, timeout: Duration) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&to, timeout)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(timeout))?;
        stream.set_write_timeout(Some(timeout))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// If the connection broke.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Asks for a page and waits for the response.
    ///
    /// # Errors
    /// If the connection broke, or as [`BlockingConnection::receive`].
    pub fn get(&mut self, path: &str) -> Result<RawResponse> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").as_bytes())?;
        self.receive()
    }

    /// Waits for the response to what was sent.
    ///
    /// # Errors
    /// If the connection broke, or the response has no length.
    pub fn receive(&mut self) -> Result<RawResponse> {
        let (head, end) = loop {
            if let Some(whole) = parse_whole(&self.received)? {
                break whole;
            }
            ensure!(
                self.received.len() <= RESPONSE_MAX_BYTES,
                "a response longer than {RESPONSE_MAX_BYTES} bytes"
            );
            self.read_more().context("before the response was whole")?;
        };
        let body = self.received[head.body_at..end].to_vec();
        self.received.drain(..end);
        if head.is_last {
            // The next use of this connection finds it closed, and its user opens another.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
        Ok(RawResponse { status: head.status, retry_after: head.retry_after, body })
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
                Err(e) => break e.kind() != ErrorKind::WouldBlock,
            }
        };
        closed || self.stream.set_nonblocking(false).is_err()
    }

    fn read_more(&mut self) -> Result<()> {
        let mut bytes = [0; 4096];
        let n = self.stream.read(&mut bytes)?;
        if n == 0 {
            bail!("the connection was closed");
        }
        self.received.extend_from_slice(&bytes[..n]);
        Ok(())
    }
}

#[cfg(feature = "suites")]
pub use nonblocking::{AsyncConnection, BorrowedResponse, Drained};

#[cfg(feature = "suites")]
mod nonblocking {
    use super::{RESPONSE_MAX_BYTES, parse_head, parse_whole};
    use std::io::{Error, ErrorKind};
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    /// A connection whose calls wait asynchronously; it copies nothing that it reads.
    pub struct AsyncConnection {
        stream: TcpStream,
        buffer: Vec<u8>,
    }

    /// What came back over a [`AsyncConnection`].
    pub struct BorrowedResponse<'a> {
        /// The status.
        pub status: u16,
        /// Its first line and its headers.
        pub head: &'a [u8],
        /// The body.
        pub body: &'a [u8],
        /// Whether the connection is closed after it.
        pub is_last: bool,
    }

    /// A response that was read and thrown away.
    pub struct Drained {
        /// The status.
        pub status: u16,
        /// How many bytes came, its head among them.
        pub bytes: u64,
        /// Whether its last piece said that it was the last.
        pub is_whole: bool,
    }

    impl AsyncConnection {
        /// Opens one.
        ///
        /// # Errors
        /// If nothing listens there.
        pub async fn open(address: SocketAddr) -> Result<Self, Error> {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Self { stream, buffer: Vec::with_capacity(1024) })
        }

        /// Sends bytes that are no whole request yet.
        ///
        /// # Errors
        /// If the connection broke.
        pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
            self.stream.write_all(bytes).await
        }

        /// Sends a request and waits for its response.
        ///
        /// # Errors
        /// If the connection broke or the response has no length.
        pub async fn request(&mut self, request: &[u8]) -> Result<BorrowedResponse<'_>, Error> {
            self.send(request).await?;
            self.buffer.clear();
            loop {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                if let Some((found, end)) = parse_whole(&self.buffer)? {
                    let (head, body) = self.buffer[..end].split_at(found.body_at);
                    return Ok(BorrowedResponse { status: found.status, head, body, is_last: found.is_last });
                }
                if self.buffer.len() > RESPONSE_MAX_BYTES {
                    return Err(ErrorKind::InvalidData.into());
                }
            }
        }

        /// Sends a request and waits until its response begins, which has no end.
        ///
        /// # Errors
        /// If the connection broke.
        pub async fn begin(&mut self, request: &[u8]) -> Result<u16, Error> {
            self.send(request).await?;
            self.buffer.clear();
            loop {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
                if let Some(head) = parse_head(&self.buffer)? {
                    return Ok(head.status);
                }
            }
        }

        /// Whether the other side has not closed it; what it has said meanwhile is thrown away.
        pub fn is_open(&mut self) -> bool {
            loop {
                self.buffer.clear();
                match self.stream.try_read_buf(&mut self.buffer) {
                    Ok(0) => return false,
                    Ok(_) => {}
                    Err(e) => return e.kind() == ErrorKind::WouldBlock,
                }
            }
        }

        /// Sends a request that is the last on this connection, and reads its response, which comes in pieces, to its end.
        ///
        /// # Errors
        /// If the connection broke.
        pub async fn drain(mut self, request: &[u8]) -> Result<Drained, Error> {
            /// The last of several pieces. Source: RFC 9112, section 7.1.
            const LAST: &[u8] = b"\r\n0\r\n\r\n";
            self.send(request).await?;
            let (mut drained, mut end) = (Drained { status: 0, bytes: 0, is_whole: false }, Vec::new());
            loop {
                self.buffer.clear();
                let read = self.stream.read_buf(&mut self.buffer).await?;
                if read == 0 {
                    drained.is_whole = end.ends_with(LAST);
                    return Ok(drained);
                }
                if drained.bytes == 0 {
                    let status = self.buffer.get(9..12).and_then(|n| std::str::from_utf8(n).ok());
                    drained.status = status.and_then(|n| n.parse().ok()).ok_or(ErrorKind::InvalidData)?;
                    self.buffer.reserve(64 * 1024);
                }
                drained.bytes += read as u64;
                end.extend_from_slice(&self.buffer);
                end.drain(..end.len().saturating_sub(LAST.len()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_whole_when_its_body_is() {
        let bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc";
        let body_at = bytes.len() - 3;
        let head = Head { status: 201, body_at, length: Some(3), is_last: false, retry_after: None };
        assert_eq!(parse_whole(bytes).unwrap(), Some((head, bytes.len())));
        assert_eq!(parse_whole(&bytes[..bytes.len() - 1]).unwrap(), None);
        assert_eq!(parse_whole(&bytes[..20]).unwrap(), None);
        assert!(parse_whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err(), "no length");
        let later = b"HTTP/1.1 503 No\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n";
        let (head, _) = parse_whole(later).unwrap().unwrap();
        assert!(head.is_last && head.retry_after == Some(5));
    }
}
