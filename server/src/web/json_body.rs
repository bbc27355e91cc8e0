//! Reads request bodies, bounded in size. `body_timeout.rs` bounds them in time.

use crate::error::AppError;
use crate::web::body_timeout::is_late;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use shared::refusal::Code;
use shared::text::BODY_MAX_BYTES;

/// # Errors
/// [`Code::TooLarge`] over 32 KiB, whatever the length header says; [`Code::WrongContentType`] if it is compressed;
/// [`Code::TooSlow`]; [`Code::Malformed`] if the connection broke.
pub async fn read_body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, AppError> {
    let headers = request.headers();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v != "identity") {
        return Err(Code::WrongContentType.into());
    }
    let content_length =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if content_length.is_some_and(|n| n > BODY_MAX_BYTES) {
        return Err(Code::TooLarge.into());
    }
    let mut body = BytesMut::with_capacity(content_length.unwrap_or(512));
    while let Some(part) = payload.next().await {
        let part = part.map_err(|e| if is_late(&e) { Code::TooSlow } else { Code::Malformed })?;
        if body.len() + part.len() > BODY_MAX_BYTES {
            return Err(Code::TooLarge.into());
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// # Errors
/// As [`read_body`]; [`Code::WrongContentType`]; [`Code::Malformed`], also for an unknown or a doubled field.
pub async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(T, Bytes), AppError> {
    // A plain form on another site cannot send this type.
    let is_json =
        request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|t| {
            t.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case("application/json"))
        });
    if !is_json {
        return Err(Code::WrongContentType.into());
    }
    let body = read_body(request, payload).await?;
    let value = serde_json::from_slice(&body).map_err(|_| AppError::from(Code::Malformed))?;
    Ok((value, body))
}
