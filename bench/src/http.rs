//! As much of HTTP/1.1 as a load needs: one request, one answer with a length, the connection kept.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer that is understood.
const ANSWER_MAX_BYTES: usize = 8 * 1024;

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
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
            if let Some((status, head)) = whole(&self.buffer)? {
                return Ok(Answer { status, body: &self.buffer[head..] });
            }
            if self.buffer.len() > ANSWER_MAX_BYTES {
                return Err(ErrorKind::InvalidData.into());
            }
        }
    }
}

/// The status and where the body begins, once everything is there.
fn whole(bytes: &[u8]) -> Result<Option<(u16, usize)>, Error> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Response::new(&mut headers);
    let parsed = head.parse(bytes).map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
    let httparse::Status::Complete(begin) = parsed else { return Ok(None) };
    let length = head.headers.iter().find(|h| h.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|h| std::str::from_utf8(h.value).ok()?.parse::<usize>().ok());
    let length = length.ok_or(ErrorKind::InvalidData)?;
    let status = head.code.ok_or(ErrorKind::InvalidData)?;
    Ok((bytes.len() >= begin + length).then_some((status, begin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(whole(answer).unwrap(), Some((201, answer.len() - 3)));
        assert_eq!(whole(&answer[..answer.len() - 1]).unwrap(), None);
        assert_eq!(whole(&answer[..20]).unwrap(), None);
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err(), "no length");
    }
}
