//! `POST /v1/conversations` and `POST /v1/conversations/{id}/read`: how conversations stand, and what was said in one.

use crate::db::messages;
use crate::db::{members, visitor_conversations};
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::public::conversations::{VisitorRoute, routes};
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

/// How much of the visitor's words stands in the list, in characters.
const BEGINNING_CHARS: usize = 80;

/// How the conversations stand whose secrets a device has.
///
/// # Errors
/// 4xx with the field that was not fine. What is not there, or not theirs, is missing in the answer.
pub async fn list(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (asked, _) = json_body::read_json::<ListConversations>(&request, payload).await?;
    let ways = routes(&asked)?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let mut talks = Vec::with_capacity(ways.len());
    for way in &ways {
        if let Some(it) =
            visitor_conversations::find(&state.db, &way.shop, &way.id, &way.secret_hash, now_ms).await?
        {
            talks.push(line(way, it));
        }
    }
    Ok(HttpResponse::Ok().json(ConversationList { talks }))
}

fn line(way: &VisitorRoute, it: visitor_conversations::VisitorConversationRow) -> ConversationSummary {
    ConversationSummary {
        id: way.id.as_str().to_owned(),
        stage: it.stage.shown().as_str().to_owned(),
        receipt: receipt::of(&way.id),
        unread: it.unread,
        person: first_name(&it.person).to_owned(),
        words: cut(&it.comment, BEGINNING_CHARS),
        changed_at_ms: it.changed_at_ms.unsigned_abs(),
    }
}

/// One conversation, as its visitor may see it. Reading changes nothing: what was seen is said by `/seen`.
///
/// # Errors
/// 4xx with the field that was not fine; 404 alike for an unknown conversation and a wrong secret.
pub async fn detail(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (entry, _) = json_body::read_json::<ConversationAccess>(&request, payload).await?;
    let way = VisitorRoute::parse(&entry.shop, &id, &entry.secret)?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let shop = state.shop_cache.find(&state.db, &way.shop, now_ms).await?;
    let shop = shop.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    let it = visitor_conversations::open(&state.db, &way.shop, &way.id, &way.secret_hash, now_ms).await?;
    let it = it.ok_or(AppError::NotFound)?;
    let said = messages::list_for_visitor(&state.db, &way.shop, &way.id).await?;
    let was_answered = said.iter().any(|m| m.sender == Sender::Person);
    let snapshot =
        ConversationSnapshot { stage: it.stage, was_answered, was_put_right: it.was_put_right, aside: None };
    let first = VisitorMessage {
        id: way.id.as_str().to_owned(),
        kind: MessageKind::Words.as_str().to_owned(),
        person: String::new(),
        mine: true,
        photo: None,
        words: it.comment,
        sent_at_ms: it.opened_at_ms.unsigned_abs(),
        new: false,
    };
    let first = (!first.words.is_empty()).then_some(first);
    let people = if was_answered { members::list(&state.db, &way.shop).await? } else { Vec::new() };
    let said = said.into_iter().map(|m| {
        let photo = photo_of(&m, &people, &shop.person).map(|hash| photo_url(way.shop.as_str(), hash));
        message(m, photo)
    });
    Ok(HttpResponse::Ok().json(VisitorConversation {
        id: way.id.as_str().to_owned(),
        stage: it.stage.shown().as_str().to_owned(),
        can_be_okay: it.stage != Stage::SetAside && snapshot.can_be_okay(),
        has_email: it.has_email,
        opened_at_ms: it.read_at_ms.map(i64::unsigned_abs),
        messages: first.into_iter().chain(said).collect(),
    }))
}

/// The photo of who said something: their own, or that of the person who asks if that is their name.
fn photo_of<'a>(it: &Message, people: &'a [members::Member], asker: &'a ContactPerson) -> Option<&'a str> {
    let own = people.iter().find(|p| p.id == it.person).map(|p| p.photo.as_str()).filter(|p| !p.is_empty());
    let is_asker = !it.name.is_empty() && first_name(&it.name) == first_name(&asker.name);
    own.or_else(|| asker.photo.as_deref().filter(|_| is_asker))
}

fn message(it: Message, photo: Option<String>) -> VisitorMessage {
    VisitorMessage {
        id: it.id.as_str().to_owned(),
        kind: it.kind.as_str().to_owned(),
        mine: it.sender == Sender::Visitor,
        photo,
        words: if it.kind == MessageKind::PutRight { it.detail } else { it.words },
        sent_at_ms: it.sent_at_ms.unsigned_abs(),
        new: it.sender != Sender::Visitor && it.seen_at_ms.is_none(),
        // A first name, as said across a counter.
        person: first_name(&it.name).to_owned(),
    }
}
