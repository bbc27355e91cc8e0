//! Compresses HTML responses. Request bodies are never decompressed.

use crate::assets::Encoding;
use crate::web::compression::{CompressionPolicy, MIN_BYTES, compress};
use actix_web::body::{self, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;

pub async fn compress_html<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let encoding = Encoding::accepted(&request);
    let response = next.call(request).await?;
    let Some(name) = encoding.as_str().filter(|_| is_uncompressed_html(response.headers())) else {
        return Ok(response.map_into_left_body());
    };
    let (request, mut response) = response.into_parts();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let (response, body) = response.into_parts();
    let plain = body::to_bytes(body).await.unwrap_or_default();
    let mut response = response;
    let body = if plain.len() < MIN_BYTES {
        BoxBody::new(plain)
    } else {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        BoxBody::new(compress(&plain, encoding, CompressionPolicy::Once).map_err(actix_web::Error::from)?)
    };
    Ok(ServiceResponse::new(request, response.set_body(body)).map_into_right_body())
}

fn is_uncompressed_html(headers: &HeaderMap) -> bool {
    let html = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    html.is_some_and(|t| t.starts_with("text/html")) && !headers.contains_key(header::CONTENT_ENCODING)
}
