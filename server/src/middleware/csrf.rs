//! CSRF protection: rejects unsafe requests that a page of our own origin did not send.

use crate::error::AppError;
use crate::state::AppState;
use crate::web::urls::is_one_click;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web;
use shared::refusal::Code;

/// A page cannot set `Sec-Fetch-Site`, so this header decides where it exists; older browsers are checked by `Origin`.
/// Without either, the request is refused. A mail program's one-click request needs none ([`is_one_click`]).
pub async fn require_same_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_same_origin = request
        .app_data::<web::Data<AppState>>()
        .is_some_and(|state| is_from_our_origin(request.headers(), &state.public_url));
    if request.method().is_safe() || is_same_origin || is_one_click(request.path()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let (request, _) = request.into_parts();
    Ok(ServiceResponse::from_err(AppError::from(Code::WrongOrigin), request).map_into_right_body())
}

fn is_from_our_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let by_host = origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    origin == public_url || by_host
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    #[test]
    fn only_pages_of_our_origin_may_change_anything() {
        for (lines, is_same_origin) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://t.example")], false),
            (&[("origin", "https://t.example")], true),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true),
            (&[("origin", "https://evil.example"), ("host", "t.example")], false),
            (&[("origin", "null")], false),
            (&[("host", "t.example")], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_from_our_origin(&headers, "https://t.example"), is_same_origin, "{lines:?}");
        }
    }
}
