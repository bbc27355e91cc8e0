//! A stranger's shop on a site of its own, with whatever pages a test puts there.
//!
//! Browsers take `*.localhost` to this machine, and `http://shop.localhost` is another site than the collector's
//! `http://127.0.0.1`: storage is partitioned and frames live in processes of their own, as in the real world.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One page of the shop.
#[derive(Debug, Clone)]
pub struct HostPage {
    lang: String,
    head: String,
    body: String,
    headers: Vec<(String, String)>,
}

impl Default for HostPage {
    fn default() -> Self {
        Self::new()
    }
}

impl HostPage {
    /// A small page in English, with a heading, a link and something to type into.
    pub fn new() -> Self {
        let body = "<main><h1>Tidal glaze bowl</h1><p>Thrown by hand. <a href=\"/second\">The second page</a></p>\
            <p><label>Your wish <input id=\"wish\"></label></p></main>";
        Self { lang: "en".to_owned(), head: String::new(), body: body.to_owned(), headers: Vec::new() }
    }

    /// In another language.
    pub fn lang(mut self, lang: &str) -> Self {
        lang.clone_into(&mut self.lang);
        self
    }

    /// With more in its head.
    pub fn head(mut self, html: &str) -> Self {
        self.head.push_str(html);
        self
    }

    /// With more at the end of its body.
    pub fn with(mut self, html: &str) -> Self {
        self.body.push_str(html);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn html(&self) -> String {
        let Self { lang, head, body, .. } = self;
        format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>Tidal glaze bowl</title>\
             <link rel=\"icon\" href=\"data:,\">{head}</head><body>{body}</body></html>"
        )
    }
}

type Pages = Arc<Mutex<HashMap<String, HostPage>>>;

/// The shop's server.
pub struct HostSite {
    /// `http://shop.localhost:PORT`.
    pub origin: String,
    pages: Pages,
}

impl HostSite {
    /// A shop without pages yet.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let pages = Pages::default();
        let served = pages.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, served.clone()));
            }
        });
        Self { origin: format!("http://shop.localhost:{port}"), pages }
    }

    /// Puts a page there, or another in its place.
    pub fn put(&self, path: &str, page: HostPage) {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), page);
    }

    /// The address of a page.
    pub fn at(&self, path: &str) -> String {
        [&self.origin, path].concat()
    }
}

/// One request, one answer.
async fn answer(mut stream: TcpStream, pages: Pages) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => head.extend_from_slice(&buffer[..n]),
            // A browser opens connections ahead and closes those it does not need.
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split([' ', '?']).nth(1).unwrap_or("/");
    let page = pages.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
    let status = if page.is_some() { "200 OK" } else { "404 Not Found" };
    let page = page.unwrap_or_default();
    let html = page.html();
    let headers: String = page.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{headers}\
         Connection: close\r\n\r\n{html}",
        html.len()
    );
    // A browser that went on meanwhile does not want it any more.
    let _ = stream.write_all(answer.as_bytes()).await;
}
