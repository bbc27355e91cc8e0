//! What a visitor writes and decides in a conversation, and how the visitor ends it. Each request can be repeated.

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

/// # Errors
/// 404 alike for an unknown conversation and a wrong secret; 410 in a conversation that takes no more messages; 429 with
/// `Retry-After` for too many messages; 503 if the message could not be stored.
pub async fn message(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (new_message, _) = json_body::read_json::<NewMessage>(&request, payload).await?;
    let route = VisitorRoute::parse(&new_message.shop, &id, &new_message.secret)?;
    let message = MessageId::parse("message", &new_message.message)?;
    let text = lines("words", &new_message.words, COMMENT_MAX_CHARS)?;
    if text.is_empty() {
        return Err(Refusal::of("words", Code::Missing).into());
    }
    let words = MessageText { id: message, text };
    execute(&request, &state, route, CommandAction::SendMessage { words, after: None }, &new_message.message)
        .await
}

/// A later verdict replaces an earlier one. 409 before anything was put right.
pub async fn verdict(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (verdict, _) = json_body::read_json::<NewVerdict>(&request, payload).await?;
    let route = VisitorRoute::parse(&verdict.shop, &id, &verdict.secret)?;
    let entry = MessageId::parse("message", &verdict.message)?;
    let what = CommandAction::Decide { entry, okay: verdict.okay };
    execute(&request, &state, route, what, &verdict.message).await
}

/// Marks everything up to an instant as seen.
pub async fn mark_seen(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (seen, _) = json_body::read_json::<MarkSeen>(&request, payload).await?;
    let route = VisitorRoute::parse(&seen.shop, &id, &seen.secret)?;
    let until_ms =
        i64::try_from(seen.until_ms).map_err(|_| Refusal::of("until_ms", Code::NumberOutOfRange))?;
    execute(&request, &state, route, CommandAction::MarkSeen { until_ms }, &id).await
}

/// Erases the conversation, its response, and everything else that the visitor sent with them. Repeated, it is a 404.
pub async fn erase(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    end(&request, &id, payload, &state, CommandAction::Erase).await
}

/// Revokes the secret of this device. Repeated, it is a 404.
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
    let access: ConversationAccess = json(request, payload).await?;
    let route = VisitorRoute::parse(&access.shop, id, &access.secret)?;
    execute(request, state, route, what, id).await
}

async fn json<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<T, AppError> {
    json_body::read_json(request, payload).await.map(|(wire, _)| wire)
}

async fn execute(
    request: &HttpRequest,
    state: &AppState,
    route: VisitorRoute,
    what: CommandAction,
    echo: &str,
) -> Result<HttpResponse, AppError> {
    let now_ms = state.clock.now_ms();
    state.limits.response(request, &route.shop, now_ms)?;
    require_shop(state, &route.shop, now_ms).await?;
    let (shop, id) = (route.shop.clone(), route.id.clone());
    match state.writer.execute(route.command(what), now_ms).await {
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
