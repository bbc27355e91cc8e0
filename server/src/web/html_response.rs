//! Responses with the content security policy of owner's pages; nothing in the page itself may be script or style.

use actix_web::http::header::{self};
use actix_web::{HttpResponse, HttpResponseBuilder};

/// What an owner's page may load.
const OWNER_CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The preview of the settings is shown in a frame.
const PREVIEW_CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    frame-src 'self'; base-uri 'none'; frame-ancestors 'self'";

pub fn page(mut response: HttpResponseBuilder, html: String) -> HttpResponse {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, OWNER_CSP))
        .content_type(header::ContentType::html())
        .body(html)
}

pub fn preview_page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, PREVIEW_CSP))
        .content_type(header::ContentType::html())
        .body(html)
}
