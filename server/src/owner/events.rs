//! `GET /news`: server-sent events for an open page. An event says only "load again". Source: HTML standard, "server-sent
//! events".

use crate::error::AppError;
use crate::events::broadcast::Subscription;
use crate::owner::auth::session;
use crate::owner::auth::session::SignedIn;
use crate::state::AppState;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use shared::ids::ShopKey;
use shared::refusal::Code;
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// A comment line keeps proxies from closing a quiet stream.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);
/// The least time between two checks of the session.
const SESSION_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// For one process; a page without a stream shows changes when it is loaded again.
const STREAMS_MAX: usize = 500;

/// [`Code::TooMany`] with too many open streams.
pub async fn get(
    request: HttpRequest,
    who: SignedIn,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    if state.event_bus.listeners() >= STREAMS_MAX {
        return Err(Code::TooMany.into());
    }
    let stream = OwnerStream {
        events: state.event_bus.listen(who.shop.key.clone()),
        preamble: Some(Bytes::from_static(b"retry: 3000\n\n")),
        session_hash: session::session_hash(&request, &state),
        shop: who.shop.key,
        checked_at: Instant::now(),
        state,
    };
    let events = stream::unfold(stream, next);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would otherwise hold events back.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

struct OwnerStream {
    events: Subscription,
    preamble: Option<Bytes>,
    state: Data<AppState>,
    session_hash: String,
    shop: ShopKey,
    /// When the session was last checked.
    checked_at: Instant,
}

async fn next(mut stream: OwnerStream) -> Option<(Result<Bytes, Infallible>, OwnerStream)> {
    if let Some(preamble) = stream.preamble.take() {
        return Some((Ok(preamble), stream));
    }
    let line = match tokio::time::timeout(KEEP_ALIVE_INTERVAL, stream.events.recv()).await {
        Ok(true) => Bytes::from_static(b"data: new\n\n"),
        Ok(false) => return None,
        Err(_) => Bytes::from_static(b": still here\n\n"),
    };
    if stream.checked_at.elapsed() >= SESSION_CHECK_INTERVAL {
        // A signed-out page gets no more events. If the check fails, the stream ends, and the page connects again.
        let is_valid = session::is_valid(&stream.state, &stream.session_hash, &stream.shop).await;
        if !is_valid.unwrap_or(false) {
            return None;
        }
        stream.checked_at = Instant::now();
    }
    Some((Ok(line), stream))
}
