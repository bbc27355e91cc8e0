//! Requests to the collector.

use super::json::{get, get_text};
use super::{browser, json};
use crate::model::delivery::{SendOutcome, decide_outcome, parse_retry_after};
use crate::model::draft_response::DraftResponse;
use crate::state::widget;
use wasm_bindgen_futures::{JsFuture, spawn_local};

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

/// Sends a JSON body.
pub(crate) async fn send(method: &'static str, url: String, body: String) -> ApiResponse {
    let Ok(response) = JsFuture::from(widget().host.send(method, &url, &body)).await else {
        return ApiResponse::default();
    };
    let retry_after = get_text(&response, "wait");
    let retry_after_ms = parse_retry_after(&retry_after, browser::now_ms(), browser::parse_date_ms);
    let status = get(&response, "status").as_f64().unwrap_or_default() as u16;
    ApiResponse { status, text: get_text(&response, "text"), retry_after_ms }
}

/// Sends a JSON body without waiting, and calls `then` with the response. Takes a box, so that the compiler makes one
/// future for all callers.
pub(crate) fn request(method: &'static str, url: String, body: String, then: Box<dyn FnOnce(ApiResponse)>) {
    spawn_local(async move { then(send(method, url, body).await) });
}
