//! The headers that keep pages private and apart, in one place.

use actix_web::http::header::{self};
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
