//! `POST /v1/conversations/{id}/…`: what a visitor says and decides in a conversation, and how they end it.

use crate::conversations::command::{What, Words};
use crate::conversations::execute::{MUCH, MUCH_MS};
use crate::db::visitor_conversations;
use crate::error::Failure;
use crate::public::conversations::{Way, done, known};
use crate::state::House;
use crate::web::json_body;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use shared::ids::MessageId;
use shared::refusal::{Code, Refusal};
use shared::text::{COMMENT_MAX_CHARS, lines};
use shared::wire::conversation::{ConversationAccess, MarkSeen, NewMessage, NewVerdict};

/// Says something. The same again is said once and answered alike.
///
/// # Errors
/// 4xx with the field that was not fine; 404 alike for an unknown conversation and a wrong secret; 410 where nothing more
/// can be written; 429 with `Retry-After` for the 31st message within ten minutes; 503 if it could not be stored.
pub async fn say(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let (said, _) = json_body::json::<NewMessage>(&request, payload).await?;
    let way = Way::parse(&said.shop, &id, &said.secret)?;
    let message = MessageId::parse("message", &said.message)?;
    let text = lines("words", &said.words, COMMENT_MAX_CHARS)?;
    if text.is_empty() {
        return Err(Refusal::of("words", Code::Missing).into());
    }
    let words = Words { id: message, text };
    carry_out(&request, &house, way, What::Say { words, after: None }, &said.message).await
}

/// Says whether it is okay now. The last word counts.
///
/// # Errors
/// As [`say`]; 409 where it makes no sense: nothing was put right yet.
pub async fn decide(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let (verdict, _) = json_body::json::<NewVerdict>(&request, payload).await?;
    let way = Way::parse(&verdict.shop, &id, &verdict.secret)?;
    let line = MessageId::parse("message", &verdict.message)?;
    let what = What::Decide { line, okay: verdict.okay };
    carry_out(&request, &house, way, what, &verdict.message).await
}

/// Says that everything up to an instant was seen.
///
/// # Errors
/// As [`say`].
pub async fn see(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let (seen, _) = json_body::json::<MarkSeen>(&request, payload).await?;
    let way = Way::parse(&seen.shop, &id, &seen.secret)?;
    let until_ms =
        i64::try_from(seen.until_ms).map_err(|_| Refusal::of("until_ms", Code::NumberOutOfRange))?;
    carry_out(&request, &house, way, What::See { until_ms }, &id).await
}

/// Erases the conversation, the response it hangs on, and everything else that the visitor sent with it.
///
/// # Errors
/// As [`say`]. Done again, there is nothing left, and the answer is 404.
pub async fn erase(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    end(&request, &id, payload, &house, What::Erase).await
}

/// Makes the secret that was shown worthless: this device sees the conversation no more.
///
/// # Errors
/// As [`say`]. Done again, the secret opens nothing, and the answer is 404.
pub async fn forget(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    end(&request, &id, payload, &house, What::ForgetDevice).await
}

async fn end(
    request: &HttpRequest,
    id: &str,
    payload: Payload,
    house: &House,
    what: What,
) -> Result<HttpResponse, Failure> {
    let entry: ConversationAccess = json(request, payload).await?;
    let way = Way::parse(&entry.shop, id, &entry.secret)?;
    carry_out(request, house, way, what, id).await
}

async fn json<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, Failure> {
    json_body::json(request, payload).await.map(|(wire, _)| wire)
}

async fn carry_out(
    request: &HttpRequest,
    house: &House,
    way: Way,
    what: What,
    echo: &str,
) -> Result<HttpResponse, Failure> {
    let now_ms = house.clock.now_ms();
    house.limits.response(request, &way.shop, now_ms)?;
    known(house, &way.shop, now_ms).await?;
    let (shop, id) = (way.shop.clone(), way.id.clone());
    match house.writer.carry_out(way.deed(what), now_ms).await {
        Ok(_) => Ok(done(echo, &id)),
        Err(failure) if failure.code() == Code::TooMany => {
            let since_ms = now_ms - MUCH_MS;
            let oldest = visitor_conversations::said_since(&house.db, &shop, &id, since_ms, MUCH - 1).await?;
            let wait_ms = oldest.map_or(0, |at_ms| at_ms - since_ms);
            Err(Failure::NotBefore(u32::try_from(wait_ms / 1_000 + 1).unwrap_or(1)))
        }
        Err(failure) => Err(failure),
    }
}
