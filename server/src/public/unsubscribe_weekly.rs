//! `/u/{key}/weekly/{mail}`: where a person of a shop says that they want the weekly mail no more, without signing in.
//!
//! The mail's own id is the key: it stands in the mail, chance made it, and all that it opens is this one switch. It works for
//! as long as the mail is remembered. Opening the page changes nothing, since programs that look for harm open every link.

use crate::db::members;
use crate::db::members::Member;
use crate::db::{outbox, shops};
use crate::error::AppError;
use crate::public::unsubscribe::{UnsubscribeForm, sent};
use crate::state::AppState;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;
use shared::ids::{MailId, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::words::Language;

#[derive(Template)]
#[template(path = "public/unsubscribe_weekly.html")]
struct StopWeeklyPage {
    css: String,
    language: Language,
    shop: String,
    gets_weekly: bool,
    /// Whether they have just said so.
    is_new: bool,
}

impl StopWeeklyPage {
    /// A sentence in the language of the page.
    fn in_language<'a>(&self, en: &'a str, de: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::De => de,
        }
    }
}

/// Whose mail it was, if they are still one of the shop's people.
async fn reader(state: &AppState, key: &str, mail: &str) -> Result<(ShopKey, Member), AppError> {
    let (Ok(key), Ok(mail)) = (ShopKey::parse(key), MailId::parse("mail", mail)) else {
        return Err(AppError::NotFound);
    };
    let person = outbox::find_weekly_reader(&state.db, &key, &mail).await?.ok_or(AppError::NotFound)?;
    let person = members::find(&state.db, &key, &person).await?.ok_or(AppError::NotFound)?;
    Ok((key, person))
}

/// The page with the button.
///
/// # Errors
/// [`AppError::NotFound`] for a link that is none or is over; what the database says.
pub async fn get(place: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let (key, person) = reader(&state, &place.0, &place.1).await?;
    page(&state, &key, &person, person.gets_weekly, false).await
}

/// Takes what they want: by a button of the page, or as a mail program sends it in one click.
///
/// # Errors
/// As [`get`], and [`Code::Missing`] if it does not say what.
pub async fn post(
    place: Path<(String, String)>,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (key, person) = reader(&state, &place.0, &place.1).await?;
    let wants = parse_choice(&sent(&body)).ok_or(Refusal::of("what", Code::Missing))?;
    let mut tx = state.db.begin().await?;
    members::set_weekly(&mut tx, &key, &person.id, wants).await?;
    tx.commit().await?;
    page(&state, &key, &person, wants, true).await
}

/// Whether they want it from now on.
fn parse_choice(sent: &UnsubscribeForm) -> Option<bool> {
    match sent {
        UnsubscribeForm::OneClick => Some(false),
        UnsubscribeForm::Pressed(what) if what == "stop" => Some(false),
        UnsubscribeForm::Pressed(what) if what == "again" => Some(true),
        UnsubscribeForm::Pressed(_) => None,
    }
}

async fn page(
    state: &AppState,
    key: &ShopKey,
    person: &Member,
    gets_weekly: bool,
    is_new: bool,
) -> Result<HttpResponse, AppError> {
    let shop = shops::find(&state.db, key).await?.ok_or(AppError::NotFound)?;
    let page = StopWeeklyPage {
        css: state.assets.url("owner.css"),
        language: Language::of_tag(&person.language),
        shop: shop.name,
        gets_weekly,
        is_new,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}
