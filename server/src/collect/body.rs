//! Taking a body in: bounded in size and in time, and only what was asked for.

use crate::failure::Failure;
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use shared::refusal::Code;
use shared::text::BODY_MAX_BYTES;
use std::time::Duration;

/// How long a whole body may take. The server's own deadline covers the head only.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Takes the whole body, if it is small and quick enough.
///
/// # Errors
/// [`Code::TooLarge`] over 32 KiB, whatever the length header says; [`Code::WrongContentType`] if it is compressed;
/// [`Code::Malformed`] if it broke off or took longer than ten seconds.
pub async fn take(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, Failure> {
    let headers = request.headers();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|v| v != "identity") {
        return Err(Code::WrongContentType.into());
    }
    let told = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|n| n > BODY_MAX_BYTES) {
        return Err(Code::TooLarge.into());
    }
    let collect = async {
        let mut body = BytesMut::with_capacity(told.unwrap_or(512));
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| Failure::from(Code::Malformed))?;
            if body.len() + part.len() > BODY_MAX_BYTES {
                return Err(Code::TooLarge.into());
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    };
    match tokio::time::timeout(BODY_DEADLINE, collect).await {
        Ok(body) => body,
        Err(_) => Err(Code::Malformed.into()),
    }
}

/// Takes a JSON body.
///
/// # Errors
/// As [`take`]; [`Code::WrongContentType`] if it does not say that it is JSON; [`Code::Malformed`] if it is not the
/// JSON that belongs here: a wrong type, an unknown or a doubled field.
pub async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
) -> Result<(T, Bytes), Failure> {
    // The type also keeps plain forms of other pages out, which cannot send it.
    let is_json =
        request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|t| {
            t.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case("application/json"))
        });
    if !is_json {
        return Err(Code::WrongContentType.into());
    }
    let body = take(request, payload).await?;
    let value = serde_json::from_slice(&body).map_err(|_| Failure::from(Code::Malformed))?;
    Ok((value, body))
}

/// Takes the body of a form that works without script.
///
/// # Errors
/// As [`take`]; [`Code::Malformed`] if it is not a form of the fields that belong here.
pub async fn form<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Failure> {
    let body = take(request, payload).await?;
    actix_web::web::Query::<T>::from_query(
        std::str::from_utf8(&body).map_err(|_| Failure::from(Code::Malformed))?,
    )
    .map(actix_web::web::Query::into_inner)
    .map_err(|_| Code::Malformed.into())
}
