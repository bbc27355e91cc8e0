//! Sends things to the collector.

use crate::answer::Answer;
use crate::delivery::{Outcome, outcome, retry_after_ms};
use crate::device;
use gloo_net::http::Request;
use js_sys::Reflect;
use miniserde::json;
use web_sys::RequestInit;

/// What the collector, or whoever stood in its place, answered.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body.
    pub text: String,
    wait_ms: Option<u64>,
}

impl Answered {
    /// What it means for what was sent under this id.
    pub fn outcome(&self, id: &str) -> Outcome {
        outcome(id, self.status, &self.text, self.wait_ms)
    }
}

/// One try to deliver an answer. Whatever goes wrong on the way is [`Outcome::Unclear`].
pub async fn post(shop: &str, answer: &Answer) -> Outcome {
    let (method, url, body) = if answer.known {
        ("PATCH", ["/v1/responses/", &answer.id].concat(), json::to_string(&answer.as_change(shop)))
    } else {
        ("POST", "/v1/responses".to_owned(), json::to_string(&answer.as_new(shop)))
    };
    outcome_of(&answer.id, send(method, &url, body).await)
}

/// What became of something that was sent under this id.
pub fn outcome_of(id: &str, answered: Option<Answered>) -> Outcome {
    answered.map_or(Outcome::Unclear { wait_ms: None }, |answered| answered.outcome(id))
}

/// Sends a JSON body; none if nobody answered.
pub async fn send(method: &str, url: &str, body: String) -> Option<Answered> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_body(&body.into());
    // Goes on when the visitor leaves the page meanwhile.
    let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    let request = web_sys::Request::new_with_str_and_init(url, &init).ok()?;
    request.headers().set("content-type", "application/json").ok()?;
    let answered = Request::from(request).send().await.ok()?;
    let header = answered.headers().get("retry-after");
    let wait_ms = header.and_then(|h| retry_after_ms(&h, device::now_ms(), device::date_ms));
    let text = answered.text().await.unwrap_or_default();
    Some(Answered { status: answered.status(), text, wait_ms })
}
