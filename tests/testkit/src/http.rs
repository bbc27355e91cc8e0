//! Requests, and what comes back.

use crate::routes::dead_links;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

/// A request, yet to be sent; `.await` sends it.
pub struct Call {
    request: RequestBuilder,
    server: String,
}

impl Call {
    /// A bare request, with no header but those of the client.
    pub fn new(request: RequestBuilder, server: &str) -> Self {
        Self { request, server: server.to_owned() }
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// As a page of the collector's own sends it: what a browser adds by itself.
    pub fn from_our_page(self) -> Self {
        let server = self.server.clone();
        self.header("sec-fetch-site", "same-origin").header("origin", &server)
    }

    /// With a JSON body.
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// With a form's fields.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.request = self.request.form(fields);
        self
    }

    /// With a body of any kind.
    pub fn body(mut self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.header("content-type", media_type).body(body);
        self
    }
}

impl Call {
    /// Sends it and waits for the head of the answer only: some answers go on for as long as the client listens.
    ///
    /// # Panics
    /// If the collector does not answer.
    pub async fn begins(self) -> HttpResponse {
        let response = self.request.send().await.expect("the collector answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        HttpResponse { status, headers, body: Vec::new() }
    }

    /// Sends it, lets something happen once the answer has begun to come, and reads on: `Err` with what had come if the answer
    /// breaks off.
    ///
    /// # Panics
    /// If nothing comes at all.
    pub async fn broken_by(self, happens: impl FnOnce()) -> Result<Vec<u8>, Vec<u8>> {
        let mut response = self.request.send().await.expect("the collector answers");
        let mut read = response.chunk().await.expect("it begins").expect("with something").to_vec();
        happens();
        loop {
            match response.chunk().await {
                Ok(Some(more)) => read.extend_from_slice(&more),
                Ok(None) => return Ok(read),
                Err(_) => return Err(read),
            }
        }
    }
}

impl IntoFuture for Call {
    type Output = HttpResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = HttpResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let response = self.request.send().await.expect("the collector answers");
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let path = response.url().path().to_owned();
            let body = response.bytes().await.expect("the answer arrives whole").to_vec();
            let answer = HttpResponse { status, headers, body };
            // Whatever a test is about: no page points at what is not there.
            if answer.header("content-type").starts_with("text/html") && !answer.is_encoded() {
                let dead = dead_links(&answer.text(), &self.server, &path);
                assert!(dead.is_empty(), "{path} points at what is no route: {dead:?}");
            }
            answer
        })
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Every header.
    pub headers: HeaderMap,
    /// As it came over the wire.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Whether the body is compressed.
    fn is_encoded(&self) -> bool {
        !self.header("content-encoding").is_empty()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{} is not JSON ({e}): {}", self.status, self.text()))
    }

    /// The refusal's code, after a look at its form: status 4xx or 5xx, JSON, a code, a sentence and nothing that
    /// is not announced.
    ///
    /// # Panics
    /// If it is no refusal of the form that ARCHITECTURE promises.
    pub fn refusal(&self) -> String {
        assert!(self.status >= 400, "not refused, but {}: {}", self.status, self.text());
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        let json = self.json();
        let error = json["error"].as_object().unwrap_or_else(|| panic!("no error in {json}"));
        assert!(error["message"].as_str().is_some_and(|m| m.ends_with('.')), "no sentence in {json}");
        let odd: Vec<_> =
            error.keys().filter(|k| !["code", "message", "field"].contains(&k.as_str())).collect();
        assert!(
            odd.is_empty() && json.as_object().is_some_and(|o| o.len() == 1),
            "more than announced: {json}"
        );
        error["code"].as_str().expect("a code is a word").to_owned()
    }

    /// The field that was refused, if one was.
    pub fn refused_field(&self) -> Option<String> {
        self.json()["error"]["field"].as_str().map(str::to_owned)
    }
}
