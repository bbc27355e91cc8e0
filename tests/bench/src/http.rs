//! As much of HTTP/1.1 as a load needs: one request, one answer with a length, the connection kept.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer that is understood.
const ANSWER_MAX_BYTES: usize = 512 * 1024;

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// Its first line and its headers.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
    /// Whether the connection is closed after it.
    pub is_last: bool,
}

impl Connection {
    /// Opens one.
    ///
    /// # Errors
    /// If nobody listens there.
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

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// If the connection broke or the answer has no length.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Error> {
        self.send(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some(Whole { status, body, is_last }) = whole(&self.buffer)? {
                let (head, body) = self.buffer.split_at(body);
                return Ok(Answer { status, head, body, is_last });
            }
            if self.buffer.len() > ANSWER_MAX_BYTES {
                return Err(ErrorKind::InvalidData.into());
            }
        }
    }
}

impl Connection {
    /// Sends a request and waits until its answer begins, which has no end.
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
            let mut headers = [httparse::EMPTY_HEADER; 32];
            let mut head = httparse::Response::new(&mut headers);
            let parsed = head.parse(&self.buffer).map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
            if parsed.is_complete() {
                return head.code.ok_or(ErrorKind::InvalidData.into());
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
}

/// An answer that was read and thrown away.
pub struct Drained {
    /// The status.
    pub status: u16,
    /// How many bytes came, its head among them.
    pub bytes: u64,
    /// Whether its last piece said that it was the last.
    pub is_whole: bool,
}

impl Connection {
    /// Sends a request that is the last on this connection, and reads its answer, which comes in pieces, to its end.
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

/// An answer that is there from beginning to end.
#[derive(Debug, PartialEq, Eq)]
struct Whole {
    status: u16,
    /// Where the body begins.
    body: usize,
    is_last: bool,
}

/// What the bytes say, once everything is there.
fn whole(bytes: &[u8]) -> Result<Option<Whole>, Error> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(bytes).map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
    let httparse::Status::Complete(begin) = parsed else { return Ok(None) };
    let value = |name: &str| {
        let found = head.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        found.and_then(|h| std::str::from_utf8(h.value).ok())
    };
    let length: usize = value("content-length").and_then(|n| n.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    let is_last = value("connection").is_some_and(|word| word.eq_ignore_ascii_case("close"));
    let status = head.code.ok_or(ErrorKind::InvalidData)?;
    Ok((bytes.len() >= begin + length).then_some(Whole { status, body: begin, is_last }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc";
        let there = Whole { status: 201, body: answer.len() - 3, is_last: false };
        assert_eq!(whole(answer).unwrap(), Some(there));
        assert_eq!(whole(&answer[..answer.len() - 1]).unwrap(), None);
        assert_eq!(whole(&answer[..20]).unwrap(), None);
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err(), "no length");
        let goodbye = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        assert!(whole(goodbye).unwrap().is_some_and(|answer| answer.is_last));
    }
}
