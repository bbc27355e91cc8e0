//! Requests that two programs could read in two ways. Behind a proxy such a difference lets one visitor's request
//! swallow the next one's, so each must end with one refusal and a closed connection.

use std::time::Duration;
use testkit::requests::Visit;
use testkit::test_server::{ShopFixture, TestServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any honest answer here takes, shorter than the program's own deadlines.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends bytes as they are, and returns everything that comes back until the connection is closed.
///
/// # Panics
/// If it is left open.
async fn spoken(server: &TestServer, bytes: &[u8]) -> String {
    let address = server.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("the collector listens");
    stream.write_all(bytes).await.expect("it takes what we send");
    let mut answer = Vec::new();
    let closed = timeout(TIMEOUT, stream.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    // A reset counts as closed, too.
    assert!(closed.is_ok(), "the connection is still open after {answer:?}");
    answer
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.1 ").skip(1).filter_map(|a| a.get(..3)).collect()
}

/// A good request to store something, with other framing headers; what follows the body is a second request that
/// must never be answered.
fn smuggled(server: &TestServer, shop: &ShopFixture, framing: &str, body: &str) -> String {
    let _ = shop;
    let host = server.url.trim_start_matches("http://");
    format!(
        "POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/json\r\n{framing}\r\n\r\n{body}GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n",
        server.url
    )
}

#[tokio::test]
async fn a_request_with_two_readings_is_refused_and_its_connection_closed() {
    let (server, shop) = TestServer::with_a_shop().await;
    let body = Visit::to(&shop).rates(5).to_string();
    let n = body.len();
    let chunked = format!("{n:x}\r\n{body}\r\n0\r\n\r\n");
    for (what, framing, body) in [
        ("a length and parts", format!("Content-Length: {n}\r\nTransfer-Encoding: chunked"), &chunked),
        ("parts and a length", format!("Transfer-Encoding: chunked\r\nContent-Length: {n}"), &chunked),
        ("two lengths", format!("Content-Length: {n}\r\nContent-Length: {}", n + 1), &body),
        ("a list of lengths", format!("Content-Length: {n}, {n}"), &body),
        ("a signed length", format!("Content-Length: +{n}"), &body),
        ("a negative length", "Content-Length: -1".to_owned(), &body),
        ("an endless length", format!("Content-Length: {}", "9".repeat(30)), &body),
        ("an unknown coding", "Transfer-Encoding: xchunked".to_owned(), &chunked),
        ("a doubled coding", "Transfer-Encoding: chunked, identity".to_owned(), &chunked),
        ("a folded line", format!("Content-Length: {n}\r\nX-Odd: a\r\n b"), &body),
        ("a space before the colon", format!("Content-Length : {n}"), &body),
        (
            "a size that is none",
            "Transfer-Encoding: chunked".to_owned(),
            &format!("zz\r\n{body}\r\n0\r\n\r\n"),
        ),
    ] {
        let answer = spoken(&server, smuggled(&server, &shop, &framing, body).as_bytes()).await;
        assert_eq!(statuses(&answer), ["400"], "{what}: {answer}");
    }
    let rows = server.owner("anna@kilnandkettle.example").await.responses().await;
    assert_eq!(rows.len(), 0, "{rows:?}");
}

#[tokio::test]
async fn a_head_that_is_none_is_refused() {
    let (server, _) = TestServer::with_a_shop().await;
    let endless = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(200_000));
    for (what, bytes) in [
        ("noise", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".as_slice()),
        ("no version", b"GET /healthz\r\n\r\n"),
        ("a NUL in a header", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Odd: a\0b\r\n\r\n"),
        ("an endless header", endless.as_bytes()),
    ] {
        let answer = spoken(&server, bytes).await;
        let statuses = statuses(&answer);
        assert!(statuses.is_empty() || statuses == ["400"] || statuses == ["431"], "{what}: {answer}");
    }
    assert_eq!(server.get("/healthz").await.status, 200, "and it goes on for everybody else");
}

/// A connection that says nothing more would otherwise be held for ever, and with enough of them all of them.
#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for_for_ever() {
    let (server, _) = TestServer::with_a_shop().await;
    let host = server.url.trim_start_matches("http://");
    let head = format!(
        "POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{{",
        server.url
    );
    let answer = spoken(&server, head.as_bytes()).await;
    assert_eq!(statuses(&answer), ["408"], "{answer}");
}
