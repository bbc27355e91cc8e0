//! `/summary/markers/{id}`: tells everyone who complained of a cause that something was changed, as a message in their own
//! conversation.

use crate::analytics::change_markers::windows;
use crate::analytics::labels::cause_name;
use crate::conversations::command::{Actor, Command, CommandAction, MessageText};
use crate::db::change_markers;
use crate::db::change_markers::ChangeMarker;
use crate::db::response_queries;
use crate::db::response_queries::ConversationListRow;
use crate::domain::response_filter::{ResponseCursor, ResponseFilter};
use crate::error::AppError;
use crate::owner::auth::session::{MemberAccess, SignedIn};
use crate::owner::layout::{Layout, Section};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::{capitalize, first_name, format_count, format_many};
use crate::time::clock::DAY_MS;
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use askama::Template;
use futures_util::future::join_all;
use shared::conversation::Stage;
use shared::ids::{MessageId, ResponseId};
use shared::text::{COMMENT_MAX_CHARS, lines};

/// The most recipients of one form; the newest complaints come first.
const RECIPIENTS_MAX: usize = 500;
/// Commands in the writer's queue at the same time, so that visitors' requests are not delayed much.
const COMMANDS_AT_ONCE: usize = 32;

#[derive(Template)]
#[template(path = "owner/summary/notify_complainants.html")]
struct NotifyPage {
    shell: Layout,
    /// What was changed.
    changed: String,
    day: String,
    cause: String,
    /// The recipients, in words.
    people: String,
    count: usize,
    /// Who is not notified, in words; empty for none.
    left_out: String,
    /// That there are too many; empty if there are not.
    newest: String,
    wrong: FieldErrors,
    action: String,
    people_href: String,
    words: String,
    back: String,
}

/// A change marker, and those who complained of its cause in the days before it.
struct Recipients {
    marker: ChangeMarker,
    /// The complaints.
    filter: ResponseFilter,
    /// Only complaints that were put right: to the others a reply is still due.
    notified: Vec<ConversationListRow>,
    left_out: usize,
    /// Whether there are more complaints than [`RECIPIENTS_MAX`].
    has_more: bool,
}

async fn load_recipients(state: &AppState, who: &SignedIn, id: &str) -> Result<Recipients, AppError> {
    let (db, key) = (&state.db, &who.shop.key);
    let marker = change_markers::find(db, key, id).await?.filter(|marker| !marker.cause.is_empty());
    let marker = marker.ok_or(AppError::NotFound)?;
    let zone = ShopZone::from_name(&who.shop.settings.time_zone);
    let (before, _) = windows(marker.day, zone.number(state.clock.now_ms()));
    let filter = ResponseFilter {
        cause: marker.cause.clone(),
        from: Some(ShopZone::date_from_number(before.0)),
        to: Some(ShopZone::date_from_number(before.1 - 1)),
        ..ResponseFilter::default()
    };
    let mut all = response_queries::load_conversations(
        db,
        key,
        &filter,
        &zone,
        &ResponseCursor::start(),
        RECIPIENTS_MAX as i64 + 1,
    )
    .await?;
    let has_more = all.len() > RECIPIENTS_MAX;
    all.truncate(RECIPIENTS_MAX);
    let was_put_right = |conversation: &ConversationListRow| {
        matches!(
            Stage::named(&conversation.stage),
            Some(Stage::PutRight | Stage::Recovered | Stage::Unconfirmed)
        )
    };
    let (notified, others): (Vec<_>, Vec<_>) = all.into_iter().partition(was_put_right);
    Ok(Recipients { marker, filter, notified, left_out: others.len(), has_more })
}

async fn page(
    state: &AppState,
    who: &SignedIn,
    recipients: &Recipients,
    words: Option<&str>,
    wrong: FieldErrors,
) -> Result<String, AppError> {
    let shell = Layout::load(state, who, Section::Summary).await?;
    let (settings, marker) = (&who.shop.settings, &recipients.marker);
    let cause = cause_name(settings, &marker.cause);
    let notified = u64::try_from(recipients.notified.len()).unwrap_or(0);
    let page = NotifyPage {
        changed: marker.words.clone(),
        day: ShopZone::format_date(ShopZone::date_from_number(marker.day)),
        people: match notified {
            0 => "Nobody who complained of it was answered and put right.".to_owned(),
            1 => "The one who complained of it, in their own conversation.".to_owned(),
            n => format!("{}, each in their own conversation.", capitalize(&format_many(n, "person", "people"))),
        },
        left_out: match recipients.left_out {
            0 => String::new(),
            1 => "One more still waits for an answer of their own.".to_owned(),
            n => format!(
                "{} more still wait for an answer of their own.",
                capitalize(&format_count(u64::try_from(n).unwrap_or(0)))
            ),
        },
        newest: if recipients.has_more {
            format!("Only the newest {RECIPIENTS_MAX} who complained are told.")
        } else {
            String::new()
        },
        count: recipients.notified.len(),
        words: words.map_or_else(
            || {
                format!(
                    "Hello,\n\nyou told us that something was not okay ({cause}). We have changed something since: {}. \
                     Thank you for telling us, it helped.\n\n{}",
                    marker.words,
                    first_name(&who.owner.name)
                )
            },
            str::to_owned,
        ),
        cause,
        wrong,
        action: shell.to(&format!("/summary/markers/{}", marker.id)),
        people_href: shell.to(&format!("/responses?{}", recipients.filter.query())),
        back: shell.to("/summary#h-trend"),
        shell,
    };
    Ok(page.render()?)
}

/// The text field holds a suggestion.
pub async fn get(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let recipients = load_recipients(&state, &who, &id).await?;
    let html = page(&state, &who, &recipients, None, FieldErrors::default()).await?;
    Ok(html_response::page(HttpResponse::Ok(), html))
}

/// Repeated, the form sends no second message.
pub async fn post(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let recipients = load_recipients(&state, &who, &id).await?;
    let mut wrong = FieldErrors::default();
    let text = lines("words", form.raw("words"), COMMENT_MAX_CHARS);
    let text = wrong.check("words", text).filter(|text| !text.is_empty());
    let Some(text) = text else {
        if wrong.is_empty() {
            wrong.add("words", "There are no words in it yet.");
        }
        let html = page(&state, &who, &recipients, Some(form.raw("words")), wrong).await?;
        return Ok(html_response::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), html));
    };
    let now_ms = state.clock.now_ms();
    let by = Actor::Person { id: who.owner.id.clone(), name: who.owner.name.clone() };
    let mut notified = 0;
    for chunk in recipients.notified.chunks(COMMANDS_AT_ONCE) {
        let commands = chunk.iter().filter_map(|conversation| {
            let words =
                MessageText { id: message_id(&recipients.marker, &conversation.id), text: text.clone() };
            let what = CommandAction::SendMessage { words, after: None };
            let id = ResponseId::parse("id", &conversation.id).ok()?;
            let command = Command { shop: who.shop.key.clone(), id, by: by.clone(), what };
            Some(state.writer.execute(command, now_ms))
        });
        for result in join_all(commands).await {
            match result {
                Ok(_) => notified += 1,
                // The message was sent before, the conversation was erased, or it takes no more messages.
                Err(AppError::Refused(_) | AppError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
    }
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    Ok(see_other(&for_shop(&format!("/summary?told={notified}#h-trend"), choice)))
}

/// The same id for each change and conversation, so that repeating the form sends no second message.
fn message_id(marker: &ChangeMarker, response: &str) -> MessageId {
    let hash = secret_hash::hash_token(&[marker.id.as_str(), " ", response].concat());
    let bits = hash.bytes().fold(0u128, |bits, byte| bits.wrapping_mul(257).wrapping_add(u128::from(byte)));
    MessageId::from_parts((i64::from(marker.day) * DAY_MS).unsigned_abs(), bits)
}

/// The notice on the summary after the redirect.
pub fn flash(query: &FormFields) -> Option<String> {
    let notified: u64 = query.get("told").parse().ok()?;
    Some(match notified {
        0 => "Nobody was told: they have heard of it before.".to_owned(),
        1 => "One person was told.".to_owned(),
        n => format!("{} were told.", capitalize(&format_many(n, "person", "people"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_told_in_each_conversation_under_an_id_of_its_own() {
        let marker = |id: &str| ChangeMarker {
            id: id.to_owned(),
            day: 20_700,
            cause: "packing".to_owned(),
            words: "Boxes".to_owned(),
        };
        let of = |marker_id: &str, response: &str| message_id(&marker(marker_id), response);
        assert_eq!(of("a", "1"), of("a", "1"));
        assert_ne!(of("a", "1"), of("a", "2"));
        assert_ne!(of("a", "1"), of("b", "1"));
        assert!(MessageId::parse("id", of("a", "1").as_str()).is_ok());
    }
}
