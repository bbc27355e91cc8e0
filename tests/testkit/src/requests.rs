//! What a visitor's browser sends.

use crate::clock;
use crate::http::{Call, HttpResponse};
use crate::test_server::{ShopFixture, TestServer};
use serde_json::{Value, json};
use shared::ids::{ResponseId, Secret};
use std::sync::atomic::{AtomicU64, Ordering};

/// One visitor's answer: the id and the secret that their browser made, and what they say.
#[derive(Debug, Clone)]
pub struct Visit {
    /// UUIDv7.
    pub id: String,
    /// 256 bits.
    pub secret: String,
    /// The shop's key.
    pub shop: String,
}

impl Visit {
    /// A visitor of a shop, with an id and a secret like no other's.
    pub fn to(shop: &ShopFixture) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        // Spread over all bits, as chance would; the receipt is made of the last ones.
        let odd = u128::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let mut bytes = [0u8; 32];
        bytes[..16].copy_from_slice(&odd.to_be_bytes());
        bytes[16..20].copy_from_slice(&std::process::id().to_be_bytes());
        Self {
            id: ResponseId::from_parts(clock::now_ms().unsigned_abs(), odd).as_str().to_owned(),
            secret: Secret::from_bytes(&bytes).reveal().to_owned(),
            shop: shop.key.clone(),
        }
    }

    /// The least that can be sent: a rating.
    pub fn rates(&self, rating: u8) -> Value {
        json!({
            "id": self.id, "secret": self.secret, "shop": self.shop,
            "moment": "any_time", "scale": "three_faces", "rating": rating,
        })
    }

    /// A rating and words.
    pub fn says(&self, rating: u8, comment: &str) -> Value {
        with(self.rates(rating), "comment", comment)
    }

    /// What is new about it.
    pub fn change(&self) -> Value {
        json!({ "secret": self.secret, "shop": self.shop })
    }
}

/// The same body with one field set.
pub fn with(mut body: Value, field: &str, value: impl Into<Value>) -> Value {
    body[field] = value.into();
    body
}

impl TestServer {
    /// Sends a response as the widget does.
    pub async fn respond(&self, body: &Value) -> HttpResponse {
        self.responding().json(body).await
    }

    /// The widget's request, without a body yet.
    pub fn responding(&self) -> Call {
        self.call("POST", "/v1/responses").from_our_page()
    }

    /// Completes a response as the widget does.
    pub async fn complete(&self, id: &str, change: &Value) -> HttpResponse {
        self.call("PATCH", &format!("/v1/responses/{id}")).from_our_page().json(change).await
    }
}
