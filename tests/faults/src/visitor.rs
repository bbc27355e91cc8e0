//! Visitors as the browser makes them: an id and a secret before anything is sent, the same body at every attempt.

use anyhow::Result;
use shared::ids::{ResponseId, Secret};
use testkit::clock::machine_now_ms;
use testkit::connection::{BlockingConnection, RawResponse};
use testkit::random::SplitMix64;

/// How many reasons every response comes with: rows beside the response, which must come and go with it.
pub(crate) const REASONS: i64 = 2;

/// What one visitor sends: at first the rating, and perhaps more later.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Its id.
    pub(crate) id: String,
    /// The bodies to be sent, one after the other; the first makes the response, the second completes it.
    pub(crate) steps: Vec<ItemStep>,
    /// The step that is not acknowledged yet.
    pub(crate) next: usize,
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct ItemStep {
    /// What is sent.
    pub(crate) body: String,
    /// The rating in it.
    pub(crate) rating: i64,
}

impl Item {
    /// A visitor of this shop. One in four thinks again and sends another rating, with more words.
    pub(crate) fn new(shop: &str, random: &SplitMix64) -> Self {
        let id = ResponseId::from_parts(machine_now_ms().unsigned_abs(), random.wide_bits());
        let secret = Secret::from_bytes(&random.secret_bytes());
        let count = if random.percent(25) { 2 } else { 1 };
        let steps = (0..count).map(|n| step(shop, &id, &secret, n, random)).collect();
        Self { id: id.as_str().to_owned(), steps, next: 0 }
    }

    /// A visitor who sends one request only.
    pub(crate) fn brief(shop: &str, random: &SplitMix64) -> Self {
        let mut item = Self::new(shop, random);
        item.steps.truncate(1);
        item
    }

    /// The request to be sent now, if anything is left.
    pub(crate) fn step(&self) -> Option<&ItemStep> {
        self.steps.get(self.next)
    }
}

fn step(shop: &str, id: &ResponseId, secret: &Secret, number: usize, random: &SplitMix64) -> ItemStep {
    let rating = 1 + i64::try_from(random.below(5)).unwrap_or_default();
    let words = "The soup came late and cold; the waiter smiled, though. ".repeat(1 + random.below(6));
    let comment = if number == 0 { String::new() } else { words };
    let body = serde_json::json!({
        "id": id.as_str(),
        "secret": secret.reveal(),
        "shop": shop,
        "moment": "after_checkout",
        "scale": "five_faces",
        "rating": rating,
        "reasons": ["late", "cold"],
        "comment": comment,
        "page": { "url": "/checkout/done", "title": "Thank you" },
        "language": "en",
    });
    ItemStep { body: body.to_string(), rating }
}

/// The request that sends a response, as the frame's page would.
pub(crate) fn request(body: &str) -> String {
    format!(
        "POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends a response and waits for what comes back.
pub(crate) fn post(connection: &mut BlockingConnection, body: &str) -> Result<RawResponse> {
    connection.send(request(body).as_bytes())?;
    connection.receive()
}

/// Whether it says "stored", and means this id.
pub(crate) fn acknowledges(response: &RawResponse, id: &str) -> bool {
    (200..300).contains(&response.status)
        && serde_json::from_slice::<serde_json::Value>(&response.body)
            .is_ok_and(|body| body.get("id").and_then(serde_json::Value::as_str) == Some(id))
}
