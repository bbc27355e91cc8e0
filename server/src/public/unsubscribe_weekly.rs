//! `/u/{key}/weekly/{mail}`: the page on which a member opts out of the weekly mail without signing in.
//!
//! The mail's id is the credential: it is random, stands only in the mail, and permits nothing but this switch. It works for
//! as long as the outbox keeps the mail. A GET changes nothing, since mail scanners open every link.

use crate::db::members;
use crate::db::members::Member;
use crate::db::{outbox, shops};
use crate::error::AppError;
use crate::public::unsubscribe::{UnsubscribeForm, parse_form};
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
    /// Whether the page confirms a change.
    is_new: bool,
}

impl StopWeeklyPage {
    fn in_language<'a>(&self, en: &'a str, de: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::De => de,
        }
    }
}

/// The mail's recipient, if still a member of the shop.
async fn load_reader(state: &AppState, key: &str, mail: &str) -> Result<(ShopKey, Member), AppError> {
    let (Ok(key), Ok(mail)) = (ShopKey::parse(key), MailId::parse("mail", mail)) else {
        return Err(AppError::NotFound);
    };
    let person = outbox::find_weekly_reader(&state.db, &key, &mail).await?.ok_or(AppError::NotFound)?;
    let person = members::find(&state.db, &key, &person).await?.ok_or(AppError::NotFound)?;
    Ok((key, person))
}

pub async fn get(path: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let (key, person) = load_reader(&state, &path.0, &path.1).await?;
    page(&state, &key, &person, person.gets_weekly, false).await
}

pub async fn post(
    path: Path<(String, String)>,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (key, person) = load_reader(&state, &path.0, &path.1).await?;
    let wants = parse_choice(&parse_form(&body)).ok_or(Refusal::of("what", Code::Missing))?;
    let mut tx = state.db.begin().await?;
    members::set_weekly(&mut tx, &key, &person.id, wants).await?;
    tx.commit().await?;
    page(&state, &key, &person, wants, true).await
}

fn parse_choice(parse_form: &UnsubscribeForm) -> Option<bool> {
    match parse_form {
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
