//! Headers that every response carries unless it has set its own.

use crate::state::AppState;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;

pub async fn apply<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let state = request.app_data::<Data<AppState>>().cloned();
    let mut response = next.call(request).await?;
    if let Some(state) = state {
        add_missing(response.headers_mut(), &state);
    }
    Ok(response)
}

fn add_missing(headers: &mut HeaderMap, state: &AppState) {
    let mut unless_set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: it would turn the Origin of our own forms into `null`, which older browsers are checked by.
    // Source: Fetch standard, "append a request `Origin` header".
    unless_set(header::REFERRER_POLICY, "same-origin");
    unless_set(header::CACHE_CONTROL, "no-store");
    unless_set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    unless_set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    unless_set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    );
    unless_set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    );
    if state.is_https() {
        unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
