//! A member of a shop who is signed in.

use crate::http::{Call, HttpResponse};
use crate::test_server::{PASSWORD, TestServer};

/// An owner with a session.
pub struct OwnerSession<'h> {
    server: &'h TestServer,
    /// The cookie as a browser sends it: `name=value`.
    pub cookie: String,
}

impl<'h> OwnerSession<'h> {
    /// Signs in through the page that people use.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn sign_in(server: &'h TestServer, email: &str) -> Self {
        let answer = server
            .call("POST", "/sign-in")
            .from_our_page()
            .form(&[("email", email), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status, 303, "{email} signs in: {}", answer.text());
        Self { server, cookie: cookie_of(&answer) }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// Sends a form of one of our pages.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.call("POST", path).from_our_page().form(fields)
    }

    /// Any request with the session's cookie.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.server.call(method, path).header("cookie", &self.cookie)
    }
}

/// `name=value` of the cookie that an answer sets.
///
/// # Panics
/// If it sets none.
pub fn cookie_of(answer: &HttpResponse) -> String {
    let cookie = answer.header("set-cookie");
    assert!(!cookie.is_empty(), "no cookie: {} {:?}", answer.status, answer.headers);
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// One response in the export, by the names in its head.
pub type ExportRow = std::collections::BTreeMap<String, String>;

impl OwnerSession<'_> {
    /// Every response of the owner's first shop, read from the export.
    ///
    /// # Panics
    /// If the export cannot be had or read.
    pub async fn responses(&self) -> Vec<ExportRow> {
        rows(&self.get("/responses.csv").await)
    }
}

/// The rows of an export.
///
/// # Panics
/// If it is none.
pub fn rows(answer: &HttpResponse) -> Vec<ExportRow> {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "text/csv; charset=utf-8"),
        "{}",
        answer.text()
    );
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("the mark by which Excel knows UTF-8");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("every line has as many cells as the head")).collect()
}
