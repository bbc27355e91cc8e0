//! `GET /news`: tells an open page that there is something new, as server-sent events. The page asks for the rest.
//! Source: HTML standard, "server-sent events".

use super::door::SignedIn;
use crate::failure::Failure;
use crate::house::House;
use crate::news::Listener;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use shared::refusal::Code;
use std::convert::Infallible;
use std::time::Duration;

/// How often a quiet stream says that it is still there, so that no proxy takes it for dead.
const STILL_HERE: Duration = Duration::from_secs(15);
/// The most streams of one collector; a page without one shows what is new when it is loaded again.
const STREAMS_MAX: usize = 500;

/// The stream.
///
/// # Errors
/// [`Code::TooMany`] when too many listen already.
pub async fn listen(who: SignedIn, house: Data<House>) -> Result<HttpResponse, Failure> {
    if house.news.listeners() >= STREAMS_MAX {
        return Err(Code::TooMany.into());
    }
    let news = house.news.listen(who.shop.key);
    let hello = Bytes::from_static(b"retry: 3000\n\n");
    let events = stream::unfold(Some((news, Some(hello))), next);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would otherwise hold events back.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

type State = Option<(Listener, Option<Bytes>)>;

async fn next(state: State) -> Option<(Result<Bytes, Infallible>, State)> {
    let (mut news, hello) = state?;
    if let Some(hello) = hello {
        return Some((Ok(hello), Some((news, None))));
    }
    let line = match tokio::time::timeout(STILL_HERE, news.hear()).await {
        Ok(true) => Bytes::from_static(b"data: new\n\n"),
        Ok(false) => return None,
        Err(_) => Bytes::from_static(b": still here\n\n"),
    };
    Some((Ok(line), Some((news, None))))
}
