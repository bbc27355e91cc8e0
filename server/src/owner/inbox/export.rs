//! Exports of one conversation with all its messages, for a visitor who requests their data.

use crate::db::response_queries::ResponseListRow;
use crate::db::{conversations, messages, response_queries};
use crate::domain::message::{Message, MessageKind, Sender};
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::{labels, parse_id};
use crate::state::AppState;
use crate::time::zone::{ShopZone, iso_timestamp};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};
use shared::conversation::Stage;
use std::fmt::Write as _;

pub async fn json(who: SignedIn, id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let (stage, response, messages) = load_rows(&state, &who, &id).await?;
    let messages: Vec<Value> = messages.iter().map(message).collect();
    let body = json!({
        "shop": who.shop.name,
        "receipt": response.receipt,
        "stage": stage.as_str(),
        "at": iso_timestamp(response.created_at_ms),
        "asked": response.moment,
        "rating": response.rating,
        "reasons": response.reasons.split_whitespace().collect::<Vec<_>>(),
        "words": response.comment,
        "email": response.email,
        "would_like_an_answer": response.wants_reply,
        "order": response.order_number,
        "page": { "path": response.page_path, "title": response.page_title },
        "product": response.product,
        "language": response.language,
        "device": response.device,
        "messages": messages,
    });
    let text = serde_json::to_string_pretty(&body).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(file("application/json; charset=utf-8", &response.receipt, "json", text))
}

pub async fn text(who: SignedIn, id: Path<String>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let (stage, response, messages) = load_rows(&state, &who, &id).await?;
    let zone = ShopZone::from_name(&who.shop.settings.time_zone);
    let mut out = format!("{} · {} · {}\n", who.shop.name, response.receipt, labels::stage_label(stage));
    for (name, value) in [
        ("E-mail", response.email.as_str()),
        ("Order", &response.order_number),
        ("Product", &response.product),
        ("Page", &response.page_path),
        ("Reasons", &response.reasons),
    ] {
        if !value.is_empty() {
            // Writing to a String does not fail.
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    let mut write_entry = |at_ms: i64, by: &str, words: &str| {
        let _ = write!(out, "\n{} · {by}\n{words}\n", zone.stamp(at_ms));
    };
    write_entry(
        response.created_at_ms,
        "The visitor",
        &format!("{} of 5. {}", response.rating, response.comment),
    );
    for message in &messages {
        let by = match message.sender {
            Sender::Visitor => "The visitor",
            Sender::Person => &message.name,
            Sender::System => &who.shop.name,
        };
        let by =
            if message.kind == MessageKind::Note { format!("{by}, to the shop only") } else { by.to_owned() };
        let what = match message.kind {
            MessageKind::Words | MessageKind::Note => message.words.clone(),
            MessageKind::Given => format!("[given to {}]", message.words),
            other if message.detail.is_empty() => format!("[{}]", other.as_str()),
            other => format!("[{}: {}]", other.as_str(), message.detail),
        };
        write_entry(message.sent_at_ms, &by, &what);
    }
    Ok(file("text/plain; charset=utf-8", &response.receipt, "txt", out))
}

async fn load_rows(
    state: &AppState,
    who: &SignedIn,
    id: &str,
) -> Result<(Stage, ResponseListRow, Vec<Message>), AppError> {
    let (db, key, id) = (&state.db, &who.shop.key, parse_id(id)?);
    let message = conversations::load(db, key, &id).await?.ok_or(AppError::NotFound)?;
    let response = response_queries::find(db, key, &id).await?.ok_or(AppError::NotFound)?;
    Ok((message.stage, response, messages::list(db, key, &id).await?))
}

fn message(message: &Message) -> Value {
    json!({
        "at": iso_timestamp(message.sent_at_ms),
        "by": message.sender.as_str(),
        "name": message.name,
        "kind": message.kind.as_str(),
        "internal": message.kind.is_internal(),
        "words": message.words,
        "detail": if message.kind == MessageKind::Given { "" } else { message.detail.as_str() },
        "seen_at": message.seen_at_ms.map(iso_timestamp),
    })
}

fn file(media_type: &str, receipt: &str, ending: &str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"conversation-{receipt}.{ending}\""),
        ))
        .body(body)
}
