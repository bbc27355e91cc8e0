//! The visitor's list of conversations, and one conversation with its messages.

use crate::db::messages;
use crate::db::{members, visitor_conversations};
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::public::conversations::{VisitorRoute, parse_routes};
use crate::state::AppState;
use crate::text::phrases::first_name;
use crate::web::json_body;
use crate::web::urls::photo_url;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::conversation::{ConversationSnapshot, Stage};
use shared::receipt;
use shared::refusal::{Code, Refusal};
use shared::text::cut;
use shared::wire::conversation::{
    ConversationAccess, ConversationList, ConversationSummary, ListConversations, VisitorConversation,
    VisitorMessage,
};

/// The part of the visitor's words that the list shows.
const EXCERPT_MAX_CHARS: usize = 80;

/// Conversations that do not exist, and those with a wrong secret, are left out.
pub async fn list(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (request_body, _) = json_body::read_json::<ListConversations>(&request, payload).await?;
    let routes = parse_routes(&request_body)?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let mut talks = Vec::with_capacity(routes.len());
    for route in &routes {
        if let Some(conversation) =
            visitor_conversations::find(&state.db, &route.shop, &route.id, &route.secret_hash, now_ms).await?
        {
            talks.push(summary(route, conversation));
        }
    }
    Ok(HttpResponse::Ok().json(ConversationList { talks }))
}

fn summary(
    route: &VisitorRoute,
    conversation: visitor_conversations::VisitorConversationRow,
) -> ConversationSummary {
    ConversationSummary {
        id: route.id.as_str().to_owned(),
        stage: conversation.stage.shown().as_str().to_owned(),
        receipt: receipt::of(&route.id),
        unread: conversation.unread,
        person: first_name(&conversation.person).to_owned(),
        words: cut(&conversation.comment, EXCERPT_MAX_CHARS),
        changed_at_ms: conversation.changed_at_ms.unsigned_abs(),
    }
}

/// Reading changes nothing; `/seen` records what was seen. 404 alike for an unknown conversation and a wrong secret.
pub async fn detail(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (entry, _) = json_body::read_json::<ConversationAccess>(&request, payload).await?;
    let route = VisitorRoute::parse(&entry.shop, &id, &entry.secret)?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let shop = state.shop_cache.find(&state.db, &route.shop, now_ms).await?;
    let shop = shop.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    let conversation =
        visitor_conversations::open(&state.db, &route.shop, &route.id, &route.secret_hash, now_ms).await?;
    let conversation = conversation.ok_or(AppError::NotFound)?;
    let messages = messages::list_for_visitor(&state.db, &route.shop, &route.id).await?;
    let was_answered = messages.iter().any(|m| m.sender == Sender::Person);
    let snapshot = ConversationSnapshot {
        stage: conversation.stage,
        was_answered,
        was_put_right: conversation.was_put_right,
        aside: None,
    };
    let first = VisitorMessage {
        id: route.id.as_str().to_owned(),
        kind: MessageKind::Words.as_str().to_owned(),
        person: String::new(),
        mine: true,
        photo: None,
        words: conversation.comment,
        sent_at_ms: conversation.opened_at_ms.unsigned_abs(),
        new: false,
    };
    let first = (!first.words.is_empty()).then_some(first);
    let people = if was_answered { members::list(&state.db, &route.shop).await? } else { Vec::new() };
    let messages = messages.into_iter().map(|m| {
        let photo = photo_of(&m, &people, &shop.person).map(|hash| photo_url(route.shop.as_str(), hash));
        to_wire(m, photo)
    });
    Ok(HttpResponse::Ok().json(VisitorConversation {
        id: route.id.as_str().to_owned(),
        stage: conversation.stage.shown().as_str().to_owned(),
        can_be_okay: conversation.stage != Stage::SetAside && snapshot.can_be_okay(),
        has_email: conversation.has_email,
        opened_at_ms: conversation.read_at_ms.map(i64::unsigned_abs),
        messages: first.into_iter().chain(messages).collect(),
    }))
}

/// The sender's own photo, or the contact person's if the first name is the same.
fn photo_of<'a>(
    message: &Message,
    people: &'a [members::Member],
    asker: &'a ContactPerson,
) -> Option<&'a str> {
    let own =
        people.iter().find(|p| p.id == message.person).map(|p| p.photo.as_str()).filter(|p| !p.is_empty());
    let is_asker = !message.name.is_empty() && first_name(&message.name) == first_name(&asker.name);
    own.or_else(|| asker.photo.as_deref().filter(|_| is_asker))
}

fn to_wire(message: Message, photo: Option<String>) -> VisitorMessage {
    VisitorMessage {
        id: message.id.as_str().to_owned(),
        kind: message.kind.as_str().to_owned(),
        mine: message.sender == Sender::Visitor,
        photo,
        words: if message.kind == MessageKind::PutRight { message.detail } else { message.words },
        sent_at_ms: message.sent_at_ms.unsigned_abs(),
        new: message.sender != Sender::Visitor && message.seen_at_ms.is_none(),
        // Visitors see first names only.
        person: first_name(&message.name).to_owned(),
    }
}
