//! `/summary/markers/{id}`: a personal word to everybody who complained of what has been changed since. Each hears of a change
//! once, in their own conversation, from the person who writes it.

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

/// The most people who are told at once; they are the newest.
const TOLD_MAX: usize = 500;
/// How many are told side by side: the writer takes them together, and visitors get their turn.
const AT_ONCE: usize = 32;

#[derive(Template)]
#[template(path = "owner/summary/notify_complainants.html")]
struct NotifyPage {
    shell: Layout,
    /// What was changed, and when.
    changed: String,
    day: String,
    cause: String,
    /// Who is told, in words.
    people: String,
    /// How many of them; none who can be told.
    count: usize,
    /// Those who are left out, in words; empty for nobody.
    left_out: String,
    /// That there are more than can be told at once; empty if there are not.
    newest: String,
    wrong: FieldErrors,
    action: String,
    people_href: String,
    words: String,
    back: String,
}

/// A change, and those who complained of its cause in the days before it.
struct Recipients {
    marker: ChangeMarker,
    /// They, as a filter.
    filter: ResponseFilter,
    /// Who had an answer and was put right: to the others an answer is still due, and this would be none.
    told: Vec<ConversationListRow>,
    /// How many are left out.
    left_out: usize,
    /// Whether more complained than are looked at.
    are_more: bool,
}

async fn load_recipients(state: &AppState, who: &SignedIn, id: &str) -> Result<Recipients, AppError> {
    let (db, key) = (&state.db, &who.shop.key);
    let marker = change_markers::find(db, key, id).await?.filter(|marker| !marker.cause.is_empty());
    let marker = marker.ok_or(AppError::NotFound)?;
    let days = ShopZone::from_name(&who.shop.settings.time_zone);
    let (before, _) = windows(marker.day, days.number(state.clock.now_ms()));
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
        &days,
        &ResponseCursor::start(),
        TOLD_MAX as i64 + 1,
    )
    .await?;
    let are_more = all.len() > TOLD_MAX;
    all.truncate(TOLD_MAX);
    let was_put_right = |talk: &ConversationListRow| {
        matches!(Stage::named(&talk.stage), Some(Stage::PutRight | Stage::Recovered | Stage::Unconfirmed))
    };
    let (told, others): (Vec<_>, Vec<_>) = all.into_iter().partition(was_put_right);
    Ok(Recipients { marker, filter, told, left_out: others.len(), are_more })
}

async fn page(
    state: &AppState,
    who: &SignedIn,
    those: &Recipients,
    words: Option<&str>,
    wrong: FieldErrors,
) -> Result<String, AppError> {
    let shell = Layout::load(state, who, Section::Summary).await?;
    let (settings, marker) = (&who.shop.settings, &those.marker);
    let cause = cause_name(settings, &marker.cause);
    let told = u64::try_from(those.told.len()).unwrap_or(0);
    let page = NotifyPage {
        changed: marker.words.clone(),
        day: ShopZone::format_date(ShopZone::date_from_number(marker.day)),
        people: match told {
            0 => "Nobody who complained of it was answered and put right.".to_owned(),
            1 => "The one who complained of it, in their own conversation.".to_owned(),
            n => format!("{}, each in their own conversation.", capitalize(&format_many(n, "person", "people"))),
        },
        left_out: match those.left_out {
            0 => String::new(),
            1 => "One more still waits for an answer of their own.".to_owned(),
            n => format!(
                "{} more still wait for an answer of their own.",
                capitalize(&format_count(u64::try_from(n).unwrap_or(0)))
            ),
        },
        newest: if those.are_more {
            format!("Only the newest {TOLD_MAX} who complained are told.")
        } else {
            String::new()
        },
        count: those.told.len(),
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
        people_href: shell.to(&format!("/responses?{}", those.filter.query())),
        back: shell.to("/summary#h-trend"),
        shell,
    };
    Ok(page.render()?)
}

/// The page, with words to begin with.
///
/// # Errors
/// 404 for a change that there is none of; what the database says.
pub async fn get(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let those = load_recipients(&state, &who, &id).await?;
    let html = page(&state, &who, &those, None, FieldErrors::default()).await?;
    Ok(html_response::page(HttpResponse::Ok(), html))
}

/// Tells each of them. Sent twice, nobody hears it twice.
///
/// # Errors
/// As [`get`].
pub async fn post(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let those = load_recipients(&state, &who, &id).await?;
    let mut wrong = FieldErrors::default();
    let text = lines("words", form.raw("words"), COMMENT_MAX_CHARS);
    let text = wrong.check("words", text).filter(|text| !text.is_empty());
    let Some(text) = text else {
        if wrong.is_empty() {
            wrong.add("words", "There are no words in it yet.");
        }
        let html = page(&state, &who, &those, Some(form.raw("words")), wrong).await?;
        return Ok(html_response::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), html));
    };
    let now_ms = state.clock.now_ms();
    let by = Actor::Person { id: who.owner.id.clone(), name: who.owner.name.clone() };
    let mut told = 0;
    for some in those.told.chunks(AT_ONCE) {
        let deeds = some.iter().filter_map(|talk| {
            let words = MessageText { id: message_id(&those.marker, &talk.id), text: text.clone() };
            let what = CommandAction::SendMessage { words, after: None };
            let id = ResponseId::parse("id", &talk.id).ok()?;
            let command = Command { shop: who.shop.key.clone(), id, by: by.clone(), what };
            Some(state.writer.execute(command, now_ms))
        });
        for done in join_all(deeds).await {
            match done {
                Ok(_) => told += 1,
                // They have heard of it before, or are gone, or have said so much that their conversation is over.
                Err(AppError::Refused(_) | AppError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
    }
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    Ok(see_other(&for_shop(&format!("/summary?told={told}#h-trend"), choice)))
}

/// One id for each change and conversation, so that nobody hears of a change twice, whatever becomes of the answer to the form.
fn message_id(marker: &ChangeMarker, response: &str) -> MessageId {
    let hash = secret_hash::hash_token(&[marker.id.as_str(), " ", response].concat());
    let bits = hash.bytes().fold(0u128, |bits, byte| bits.wrapping_mul(257).wrapping_add(u128::from(byte)));
    MessageId::from_parts((i64::from(marker.day) * DAY_MS).unsigned_abs(), bits)
}

/// What the summary says after it: to how many it was told.
pub fn flash(query: &FormFields) -> Option<String> {
    let told: u64 = query.get("told").parse().ok()?;
    Some(match told {
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
