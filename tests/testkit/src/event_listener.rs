//! A visitor in conversation, as their browser calls the collector.

use crate::http::{Call, HttpResponse};
use crate::owner_session::OwnerSession;
use crate::requests::{Visit, with};
use crate::test_server::TestServer;
use crate::wait::TIMEOUT;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use shared::ids::MessageId;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

/// An id for a message, like no other.
pub fn message_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let n = u128::from(COUNT.fetch_add(1, Ordering::Relaxed));
    let odd = n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    MessageId::from_parts(crate::clock::now_ms().unsigned_abs(), odd).as_str().to_owned()
}

impl Visit {
    /// The way in, as it stands in every body.
    pub fn entry(&self) -> Value {
        json!({ "shop": self.shop, "secret": self.secret })
    }

    /// The same visitor, with another secret.
    pub fn by(&self, secret: &str) -> Self {
        Self { secret: secret.to_owned(), ..self.clone() }
    }
}

impl TestServer {
    /// One of the calls about one conversation: `read`, `messages`, `verdict`, …
    pub async fn talk(&self, visit: &Visit, what: &str, body: &Value) -> HttpResponse {
        self.call("POST", &format!("/v1/conversations/{}/{what}", visit.id)).from_our_page().json(body).await
    }

    /// Says something; the message's id is new unless it stands in `message`.
    pub async fn say(&self, visit: &Visit, message: &str, words: &str) -> HttpResponse {
        let body = with(with(visit.entry(), "message", message), "words", words);
        self.talk(visit, "messages", &body).await
    }

    /// Says whether it is okay now.
    pub async fn decide(&self, visit: &Visit, okay: bool) -> HttpResponse {
        let body = with(with(visit.entry(), "message", message_id()), "okay", okay);
        self.talk(visit, "verdict", &body).await
    }

    /// What the visitor may see of their conversation.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn reads(&self, visit: &Visit) -> Value {
        let answer = self.talk(visit, "read", &visit.entry()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// How these conversations stand, as far as the secrets open them.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn lists(&self, visits: &[&Visit]) -> Vec<Value> {
        let answer = self.listing(visits, "/v1/conversations").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["talks"].as_array().expect("a list").clone()
    }

    fn listing(&self, visits: &[&Visit], path: &str) -> Call {
        self.call("POST", path).from_our_page().json(&asked(visits))
    }

    /// Begins to listen for news.
    ///
    /// # Panics
    /// If the collector does not answer.
    pub async fn listens(&self, visits: &[&Visit]) -> Result<EventListener, HttpResponse> {
        let request = self.http.post([&self.url, "/v1/conversations/news"].concat());
        let request = request.header("sec-fetch-site", "same-origin").json(&asked(visits));
        let response = request.send().await.expect("the collector answers");
        if response.status().as_u16() != 200 {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.bytes().await.expect("the answer arrives whole").to_vec();
            return Err(HttpResponse { status, headers, body });
        }
        let parts = response.bytes_stream().map(|part| part.map(|bytes| bytes.to_vec()).unwrap_or_default());
        let mut listener = EventListener { parts: Box::pin(parts) };
        assert!(listener.hears_news().await, "whoever begins to listen looks once");
        Ok(listener)
    }
}

fn asked(visits: &[&Visit]) -> Value {
    let keys: Vec<Value> = visits.iter().map(|v| json!({ "id": v.id, "secret": v.secret })).collect();
    json!({ "shop": visits.first().map_or("none", |v| v.shop.as_str()), "keys": keys })
}

/// A visitor's page that listens for news.
pub struct EventListener {
    parts: Pin<Box<dyn futures_util::Stream<Item = Vec<u8>> + Send>>,
}

impl EventListener {
    /// Waits for news; `false` when the stream has ended.
    ///
    /// # Panics
    /// If neither comes.
    pub async fn hears_news(&mut self) -> bool {
        loop {
            let part = tokio::time::timeout(TIMEOUT, self.parts.next()).await;
            match part.expect("news, or the end of the stream") {
                Some(part) if String::from_utf8_lossy(&part).contains("data: new") => return true,
                Some(_) => {}
                None => return false,
            }
        }
    }
}

impl OwnerSession<'_> {
    /// Answers a visitor.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn answers(&self, id: &str, words: &str) {
        self.does(id, "reply", &[("kind", "reply"), ("words", words)]).await;
    }

    /// Puts it right, with words or without; asks at the next chance.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn puts_right(&self, id: &str, words: &str) {
        let fields =
            [("words", words), ("remedy", "replacement"), ("cause", "broken_on_arrival"), ("ask", "2")];
        self.does(id, "put-right", &fields).await;
    }

    /// Sends one of the forms of a conversation's page.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn does(&self, id: &str, what: &str, fields: &[(&str, &str)]) {
        let answer = self.post(&format!("/inbox/{id}/{what}"), fields).await;
        assert_eq!(answer.status, 303, "{what}: {}", answer.text());
    }
}
