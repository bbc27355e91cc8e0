//! The headers that keep pages private and apart, in one place.

use crate::state::House;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};

/// What an owner's page may load: its own style, script, pictures and frames, and nothing written into the page.
const OWNER_CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for the page in the settings' preview, which the settings page shows in a frame.
const PREVIEW_CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    frame-src 'self'; base-uri 'none'; frame-ancestors 'self'";

/// An owner's page: never cached, never framed.
pub fn page(mut answer: HttpResponseBuilder, html: String) -> HttpResponse {
    answer
        .insert_header((header::CONTENT_SECURITY_POLICY, OWNER_CSP))
        .content_type(header::ContentType::html())
        .body(html)
}

/// The page in the settings' preview.
pub fn preview_page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, PREVIEW_CSP))
        .content_type(header::ContentType::html())
        .body(html)
}

/// Adds what every answer carries unless it has decided otherwise.
pub fn complete(headers: &mut HeaderMap, house: &House) {
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
    if house.is_https() {
        unless_set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}
