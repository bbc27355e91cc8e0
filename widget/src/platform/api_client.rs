//! Requests to the collector.

use super::{browser, json};
use crate::model::delivery::{SendOutcome, decide_outcome, parse_retry_after};
use crate::model::draft_response::DraftResponse;
use gloo_net::http::{Request, Response};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

/// A request without a response after this time is given up; the same request may be sent again.
const TIMEOUT_MS: u32 = 20_000;

/// A response of the collector, or of a proxy or portal before it.
#[derive(Default)]
pub(crate) struct ApiResponse {
    /// 0 if there was no response.
    pub(crate) status: u16,
    pub(crate) text: String,
    retry_after_ms: Option<u64>,
}

impl ApiResponse {
    /// What it means for what was sent under this id.
    pub(crate) fn outcome(&self, id: &str) -> SendOutcome {
        decide_outcome(id, self.status, json::response_body(&self.text), self.retry_after_ms)
    }

    /// Whether what was sent under this id is stored.
    pub(crate) fn is_stored(&self, id: &str) -> bool {
        matches!(self.outcome(id), SendOutcome::Stored(_))
    }
}

/// Makes one attempt to deliver a response of the visitor.
pub(crate) async fn send_response(shop: &str, response: &DraftResponse) -> SendOutcome {
    let (method, url, body) = if response.known {
        let body = json::response_change(&response.to_change(shop));
        ("PATCH", ["/v1/responses/", &response.id].concat(), body)
    } else {
        ("POST", "/v1/responses".to_owned(), json::new_response(&response.to_new_response(shop)))
    };
    send(method, url, body).await.outcome(&response.id)
}

/// Sends a JSON body. The request goes on when the visitor leaves the page meanwhile.
pub(crate) async fn send(method: &'static str, url: String, body: String) -> ApiResponse {
    let timeout = AbortSignal::timeout_with_u32(TIMEOUT_MS);
    let Some(response) = fetch(method, &url, &body, true, &timeout).await else {
        return ApiResponse::default();
    };
    let retry_after = response.headers().get("retry-after");
    let retry_after_ms =
        retry_after.and_then(|text| parse_retry_after(&text, browser::now_ms(), browser::parse_date_ms));
    let text = response.text().await.unwrap_or_default();
    ApiResponse { status: response.status(), text, retry_after_ms }
}

/// Fetches with a JSON body; `None` if there is no response.
///
/// gloo-net's `RequestBuilder` cannot set `keepalive`, so the request is made from the options of `fetch`.
pub(crate) async fn fetch(
    method: &'static str,
    url: &str,
    body: &str,
    keepalive: bool,
    signal: &AbortSignal,
) -> Option<Response> {
    let headers = json::object(&[("content-type", &"application/json".into())]);
    let options: JsValue = json::object(&[
        ("method", &method.into()),
        ("headers", &headers),
        ("body", &body.into()),
        ("keepalive", &keepalive.into()),
        ("signal", signal),
    ]);
    let request = web_sys::Request::new_with_str_and_init(url, options.unchecked_ref()).ok()?;
    Request::from(request).send().await.ok()
}

/// Sends a JSON body without waiting, and calls `then` with the response. Takes a box, so that the compiler makes one
/// future for all callers.
pub(crate) fn request(method: &'static str, url: String, body: String, then: Box<dyn FnOnce(ApiResponse)>) {
    spawn_local(async move { then(send(method, url, body).await) });
}
