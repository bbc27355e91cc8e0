//! Server-sent events for a visitor's page. An event says only "load again". Source: HTML standard, "server-sent events".

use crate::db::visitor_keys;
use crate::error::AppError;
use crate::events::visitor_streams::VisitorStream;
use crate::public::conversations::{VisitorRoute, parse_routes};
use crate::state::AppState;
use crate::web::json_body;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use shared::refusal::Code;
use shared::wire::conversation::ListConversations;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// A comment line keeps proxies from closing a quiet stream. Only writing shows that a page is gone: until then its stream
/// counts against the limit for its address.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// The stream ends at shutdown, and when none of the secrets is valid any more.
///
/// # Errors
/// 404 if no secret is valid; [`Code::TooMany`] with too many open streams, upon which the page polls.
pub async fn get(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (request_body, _) = json_body::read_json::<ListConversations>(&request, payload).await?;
    let routes = parse_routes(&request_body)?;
    let address = state.limits.address(&request);
    if !state.visitor_streams.has_room(&address) {
        return Err(Code::TooMany.into());
    }
    state.limits.check(&request, state.clock.now_ms())?;
    let routes = still_open(&state, routes).await?;
    if routes.is_empty() {
        return Err(AppError::NotFound);
    }
    let keys = routes.iter().map(|route| (route.shop.clone(), route.id.clone())).collect();
    let events = state.visitor_streams.listen(address, keys).ok_or(AppError::from(Code::TooMany))?;
    let closing = state.event_bus.closing();
    let event_stream = EventStream { state, routes, events, closing, is_new: true };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would otherwise hold events back.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(event_stream, next)))
}

struct EventStream {
    state: Data<AppState>,
    routes: Vec<VisitorRoute>,
    events: VisitorStream,
    closing: watch::Receiver<bool>,
    is_new: bool,
}

async fn next(mut stream: EventStream) -> Option<(Result<Bytes, Infallible>, EventStream)> {
    let line = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
    if std::mem::take(&mut stream.is_new) {
        // A change before the stream began would otherwise be missed.
        return Some((line("data: new\n\n"), stream));
    }
    let is_quiet = tokio::select! {
        biased;
        // An error means that the bus is gone, which happens at shutdown too.
        _ = stream.closing.wait_for(|closing| *closing) => return None,
        () = stream.events.recv() => false,
        () = tokio::time::sleep(KEEP_ALIVE_INTERVAL) => true,
    };
    if is_quiet {
        return Some((line(": still here\n\n"), stream));
    }
    // The conversation may have been erased, or the secret revoked.
    stream.routes = still_open(&stream.state, stream.routes).await.ok()?;
    (!stream.routes.is_empty()).then_some((line("data: new\n\n"), stream))
}

async fn still_open(state: &AppState, routes: Vec<VisitorRoute>) -> Result<Vec<VisitorRoute>, AppError> {
    let now_ms = state.clock.now_ms();
    let mut open = Vec::with_capacity(routes.len());
    for route in routes {
        if visitor_keys::opens(&state.db, &route.shop, &route.id, &route.secret_hash, now_ms).await? {
            open.push(route);
        }
    }
    Ok(open)
}
