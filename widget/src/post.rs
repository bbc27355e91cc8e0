//! Sends things to the collector.

use crate::answer::Answer;
use crate::delivery::{Outcome, outcome, retry_after_ms};
use crate::device;
use crate::host::{get, text};
use crate::page::widget;
use crate::wire;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What the collector answered, or whoever stood in its place.
#[derive(Default)]
pub struct Answered {
    /// The status; 0 if nobody answered.
    pub status: u16,
    /// The body.
    pub text: String,
    wait_ms: Option<u64>,
}

impl Answered {
    /// What it means for what was sent under this id.
    pub fn outcome(&self, id: &str) -> Outcome {
        outcome(id, self.status, wire::told(&self.text), self.wait_ms)
    }

    /// Whether what was sent under this id is stored.
    pub fn is_stored(&self, id: &str) -> bool {
        matches!(self.outcome(id), Outcome::Stored(_))
    }
}

/// One try to deliver an answer. Whatever goes wrong on the way is [`Outcome::Unclear`].
pub async fn post(shop: &str, answer: &Answer) -> Outcome {
    let (method, url, body) = if answer.known {
        ("PATCH", ["/v1/responses/", &answer.id].concat(), wire::change(&answer.as_change(shop)))
    } else {
        ("POST", "/v1/responses".to_owned(), wire::new_response(&answer.as_new(shop)))
    };
    send(method, url, body).await.outcome(&answer.id)
}

/// Sends a JSON body.
pub async fn send(method: &'static str, url: String, body: String) -> Answered {
    let Ok(answered) = JsFuture::from(widget().host.send(method, &url, &body)).await else {
        return Answered::default();
    };
    let wait_ms = retry_after_ms(&text(&answered, "wait"), device::now_ms(), device::date_ms);
    let status = get(&answered, "status").as_f64().unwrap_or_default() as u16;
    Answered { status, text: text(&answered, "text"), wait_ms }
}

/// The same, for whoever does not wait for it.
pub fn ask(method: &'static str, url: String, body: String, then: Box<dyn FnOnce(Answered)>) {
    spawn_local(async move { then(send(method, url, body).await) });
}
