//! `GET /news`: tells an open page that there is something new, as server-sent events. The page asks for the rest.
//! Source: HTML standard, "server-sent events".

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

/// How often a quiet stream says that it is still there, so that no proxy takes it for dead.
const STILL_HERE: Duration = Duration::from_secs(15);
/// How soon after it was asked whether whoever listens is still in it may be asked again.
const ASKED_LATELY: Duration = Duration::from_secs(1);
/// The most streams of one collector; a page without one shows what is new when it is loaded again.
const STREAMS_MAX: usize = 500;

/// The stream.
///
/// # Errors
/// [`Code::TooMany`] when too many listen already.
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
        hello: Some(Bytes::from_static(b"retry: 3000\n\n")),
        session_hash: session::session_hash(&request, &state),
        shop: who.shop.key,
        checked: Instant::now(),
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

/// A stream to one page.
struct OwnerStream {
    events: Subscription,
    hello: Option<Bytes>,
    state: Data<AppState>,
    session_hash: String,
    shop: ShopKey,
    /// When it was last asked whether this page's owner is still in.
    checked: Instant,
}

async fn next(mut stream: OwnerStream) -> Option<(Result<Bytes, Infallible>, OwnerStream)> {
    if let Some(hello) = stream.hello.take() {
        return Some((Ok(hello), stream));
    }
    let line = match tokio::time::timeout(STILL_HERE, stream.events.recv()).await {
        Ok(true) => Bytes::from_static(b"data: new\n\n"),
        Ok(false) => return None,
        Err(_) => Bytes::from_static(b": still here\n\n"),
    };
    if stream.checked.elapsed() >= ASKED_LATELY {
        // Whoever was signed out meanwhile hears no more. Where it cannot be told, the page asks again by itself.
        let is_in = session::is_valid(&stream.state, &stream.session_hash, &stream.shop).await;
        if !is_in.unwrap_or(false) {
            return None;
        }
        stream.checked = Instant::now();
    }
    Some((Ok(line), stream))
}
