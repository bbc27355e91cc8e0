//! `POST /v1/conversations/news`: tells a visitor's page that something happened in their conversations, as events on an
//! answer that does not end. News says only "look again". Source: HTML standard, "server-sent events", for its form.

use crate::db::visitor_keys;
use crate::error::AppError;
use crate::events::visitor_streams::VisitorStream;
use crate::public::conversations::{VisitorRoute, routes};
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

/// How often a quiet stream says that it is still there, so that no proxy takes it for dead. Only when something is written
/// it is noticed that nobody is there any more: until then whoever went from page to page takes up several streams.
const STILL_HERE: Duration = Duration::from_secs(5);

/// The stream. It ends when the house closes, and when none of the secrets opens anything any more.
///
/// # Errors
/// 4xx with the field that was not fine; 404 if no secret opens anything; [`Code::TooMany`] where too many listen already:
/// then the page asks now and then.
pub async fn get(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (asked, _) = json_body::read_json::<ListConversations>(&request, payload).await?;
    let ways = routes(&asked)?;
    let address = state.limits.address(&request);
    if !state.visitor_streams.has_room(&address) {
        return Err(Code::TooMany.into());
    }
    state.limits.check(&request, state.clock.now_ms())?;
    let ways = still_open(&state, ways).await?;
    if ways.is_empty() {
        return Err(AppError::NotFound);
    }
    let keys = ways.iter().map(|way| (way.shop.clone(), way.id.clone())).collect();
    let events = state.visitor_streams.listen(address, keys).ok_or(AppError::from(Code::TooMany))?;
    let closing = state.event_bus.closing();
    let listening = Listening { state, ways, events, closing, is_new: true };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would otherwise hold events back.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(listening, next)))
}

struct Listening {
    state: Data<AppState>,
    ways: Vec<VisitorRoute>,
    events: VisitorStream,
    closing: watch::Receiver<bool>,
    is_new: bool,
}

async fn next(mut it: Listening) -> Option<(Result<Bytes, Infallible>, Listening)> {
    let line = |text: &'static str| Ok(Bytes::from_static(text.as_bytes()));
    if std::mem::take(&mut it.is_new) {
        // Whatever happened before anybody listened is new to the page as well.
        return Some((line("data: new\n\n"), it));
    }
    let is_quiet = tokio::select! {
        biased;
        // An error means that the house is gone.
        _ = it.closing.wait_for(|closing| *closing) => return None,
        () = it.events.recv() => false,
        () = tokio::time::sleep(STILL_HERE) => true,
    };
    if is_quiet {
        return Some((line(": still here\n\n"), it));
    }
    // Somebody may have erased it, or made this device's secret worthless.
    it.ways = still_open(&it.state, it.ways).await.ok()?;
    (!it.ways.is_empty()).then_some((line("data: new\n\n"), it))
}

/// Those of the ways that are ways in.
async fn still_open(state: &AppState, ways: Vec<VisitorRoute>) -> Result<Vec<VisitorRoute>, AppError> {
    let now_ms = state.clock.now_ms();
    let mut open = Vec::with_capacity(ways.len());
    for way in ways {
        if visitor_keys::opens(&state.db, &way.shop, &way.id, &way.secret_hash, now_ms).await? {
            open.push(way);
        }
    }
    Ok(open)
}
