//! Sends one answer to the collector.

use crate::answer::Answer;
use crate::delivery::{Outcome, outcome, retry_after_ms};
use crate::device;
use gloo_net::http::Request;
use js_sys::Reflect;
use miniserde::json;
use web_sys::RequestInit;

/// One try. Whatever goes wrong on the way is [`Outcome::Unclear`].
pub async fn post(shop: &str, answer: &Answer) -> Outcome {
    try_post(shop, answer).await.unwrap_or(Outcome::Unclear { wait_ms: None })
}

async fn try_post(shop: &str, answer: &Answer) -> Option<Outcome> {
    let (method, url, body) = if answer.known {
        ("PATCH", ["/v1/responses/", &answer.id].concat(), json::to_string(&answer.as_change(shop)))
    } else {
        ("POST", "/v1/responses".to_owned(), json::to_string(&answer.as_new(shop)))
    };
    let init = RequestInit::new();
    init.set_method(method);
    init.set_body(&body.into());
    // Goes on when the visitor leaves the page meanwhile.
    let _ = Reflect::set(&init, &"keepalive".into(), &true.into());
    let request = web_sys::Request::new_with_str_and_init(&url, &init).ok()?;
    request.headers().set("content-type", "application/json").ok()?;
    let answered = Request::from(request).send().await.ok()?;
    let header = answered.headers().get("retry-after");
    let wait_ms = header.and_then(|h| retry_after_ms(&h, device::now_ms(), device::date_ms));
    let text = answered.text().await.unwrap_or_default();
    Some(outcome(&answer.id, answered.status(), &text, wait_ms))
}
