//! Compresses HTML that is made anew for each visit.

use crate::assets::Encoding;
use crate::web::compression::{CompressionPolicy, WORTH_IT_BYTES, compress};
use actix_web::body::{self, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;

/// Compresses HTML that is not compressed yet. What visitors send is never decompressed, so only answers pass here.
///
/// # Errors
/// Only those of what comes after.
pub async fn compress_html<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let encoding = Encoding::accepted(&request);
    let answer = next.call(request).await?;
    let Some(name) = encoding.as_str().filter(|_| is_open_html(answer.headers())) else {
        return Ok(answer.map_into_left_body());
    };
    let (request, mut answer) = answer.into_parts();
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let (answer, body) = answer.into_parts();
    let plain = body::to_bytes(body).await.unwrap_or_default();
    let mut answer = answer;
    let body = if plain.len() < WORTH_IT_BYTES {
        BoxBody::new(plain)
    } else {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        BoxBody::new(compress(&plain, encoding, CompressionPolicy::Once).map_err(actix_web::Error::from)?)
    };
    Ok(ServiceResponse::new(request, answer.set_body(body)).map_into_right_body())
}

fn is_open_html(headers: &HeaderMap) -> bool {
    let html = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    html.is_some_and(|t| t.starts_with("text/html")) && !headers.contains_key(header::CONTENT_ENCODING)
}
