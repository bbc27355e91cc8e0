//! `POST /v1/conversations/{id}/…`: what a visitor says and decides in a conversation, and how they end it.

use crate::conversations::command::{CommandAction, MessageText};
use crate::conversations::execute::{MESSAGE_WINDOW_MS, MESSAGES_PER_WINDOW_MAX};
use crate::db::visitor_conversations;
use crate::error::AppError;
use crate::public::conversations::{VisitorRoute, ok_response, require_shop};
use crate::state::AppState;
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
pub async fn message(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (said, _) = json_body::read_json::<NewMessage>(&request, payload).await?;
    let way = VisitorRoute::parse(&said.shop, &id, &said.secret)?;
    let message = MessageId::parse("message", &said.message)?;
    let text = lines("words", &said.words, COMMENT_MAX_CHARS)?;
    if text.is_empty() {
        return Err(Refusal::of("words", Code::Missing).into());
    }
    let words = MessageText { id: message, text };
    execute(&request, &state, way, CommandAction::SendMessage { words, after: None }, &said.message).await
}

/// Says whether it is okay now. The last word counts.
///
/// # Errors
/// As [`message`]; 409 where it makes no sense: nothing was put right yet.
pub async fn verdict(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (verdict, _) = json_body::read_json::<NewVerdict>(&request, payload).await?;
    let way = VisitorRoute::parse(&verdict.shop, &id, &verdict.secret)?;
    let entry = MessageId::parse("message", &verdict.message)?;
    let what = CommandAction::Decide { entry, okay: verdict.okay };
    execute(&request, &state, way, what, &verdict.message).await
}

/// Says that everything up to an instant was seen.
///
/// # Errors
/// As [`message`].
pub async fn mark_seen(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (seen, _) = json_body::read_json::<MarkSeen>(&request, payload).await?;
    let way = VisitorRoute::parse(&seen.shop, &id, &seen.secret)?;
    let until_ms =
        i64::try_from(seen.until_ms).map_err(|_| Refusal::of("until_ms", Code::NumberOutOfRange))?;
    execute(&request, &state, way, CommandAction::MarkSeen { until_ms }, &id).await
}

/// Erases the conversation, the response it hangs on, and everything else that the visitor sent with it.
///
/// # Errors
/// As [`message`]. Done again, there is nothing left, and the answer is 404.
pub async fn erase(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    end(&request, &id, payload, &state, CommandAction::Erase).await
}

/// Makes the secret that was shown worthless: this device sees the conversation no more.
///
/// # Errors
/// As [`message`]. Done again, the secret opens nothing, and the answer is 404.
pub async fn forget(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    end(&request, &id, payload, &state, CommandAction::ForgetDevice).await
}

async fn end(
    request: &HttpRequest,
    id: &str,
    payload: Payload,
    state: &AppState,
    what: CommandAction,
) -> Result<HttpResponse, AppError> {
    let entry: ConversationAccess = json(request, payload).await?;
    let way = VisitorRoute::parse(&entry.shop, id, &entry.secret)?;
    execute(request, state, way, what, id).await
}

async fn json<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, AppError> {
    json_body::read_json(request, payload).await.map(|(wire, _)| wire)
}

async fn execute(
    request: &HttpRequest,
    state: &AppState,
    way: VisitorRoute,
    what: CommandAction,
    echo: &str,
) -> Result<HttpResponse, AppError> {
    let now_ms = state.clock.now_ms();
    state.limits.response(request, &way.shop, now_ms)?;
    require_shop(state, &way.shop, now_ms).await?;
    let (shop, id) = (way.shop.clone(), way.id.clone());
    match state.writer.execute(way.command(what), now_ms).await {
        Ok(_) => Ok(ok_response(echo, &id)),
        Err(failure) if failure.code() == Code::TooMany => {
            let since_ms = now_ms - MESSAGE_WINDOW_MS;
            let oldest = visitor_conversations::find_sent_at_ms(
                &state.db,
                &shop,
                &id,
                since_ms,
                MESSAGES_PER_WINDOW_MAX - 1,
            )
            .await?;
            let wait_ms = oldest.map_or(0, |at_ms| at_ms - since_ms);
            Err(AppError::NotBefore(u32::try_from(wait_ms / 1_000 + 1).unwrap_or(1)))
        }
        Err(failure) => Err(failure),
    }
}
