//! Visitors as the browser makes them: an id and a secret before anything is sent, the same body at every attempt.

use crate::chance::Chance;
use shared::ids::{ResponseId, Secret};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many reasons every response comes with: rows beside the response, which must come and go with it.
pub const REASONS: i64 = 2;

/// What one visitor sends: at first the rating, and perhaps more later.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// The bodies to be sent, one after the other; the first makes the response, the second completes it.
    pub steps: Vec<Step>,
    /// The step that is not acknowledged yet.
    pub next: usize,
}

/// One request.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is sent.
    pub body: String,
    /// The rating in it.
    pub rating: i64,
}

impl Item {
    /// A visitor of this shop. One in four thinks again and sends another rating, with more words.
    pub fn new(shop: &str, chance: &Chance) -> Self {
        let random = u128::from(chance.bits()) << 64 | u128::from(chance.bits());
        let id = ResponseId::from_parts(now_ms(), random);
        let mut bytes = [0; 32];
        bytes.chunks_mut(8).for_each(|part| part.copy_from_slice(&chance.bits().to_be_bytes()));
        let secret = Secret::from_bytes(&bytes);
        let count = if chance.in_a_hundred(25) { 2 } else { 1 };
        let steps = (0..count).map(|n| step(shop, &id, &secret, n, chance)).collect();
        Self { id: id.as_str().to_owned(), steps, next: 0 }
    }

    /// A visitor who sends one request only.
    pub fn brief(shop: &str, chance: &Chance) -> Self {
        let mut item = Self::new(shop, chance);
        item.steps.truncate(1);
        item
    }

    /// The request to be sent now, if anything is left.
    pub fn step(&self) -> Option<&Step> {
        self.steps.get(self.next)
    }
}

fn step(shop: &str, id: &ResponseId, secret: &Secret, number: usize, chance: &Chance) -> Step {
    let rating = 1 + i64::try_from(chance.below(5)).unwrap_or_default();
    let words = "The soup came late and cold; the waiter smiled, though. ".repeat(1 + chance.below(6));
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
    Step { body: body.to_string(), rating }
}

#[expect(clippy::disallowed_methods, reason = "a visitor's id begins with the visitor's own clock")]
fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or_default()
}
