//! `/u/{key}/{secret}`: where a visitor says that they want no more e-mail from a shop.
//!
//! Opening it changes nothing, since programs that look for harm open every link. The secret can do nothing else, and no
//! cookie counts here: so a mail program may send what RFC 8058 asks it to from anywhere.

use crate::db::mail_opt_outs;
use crate::db::mail_opt_outs::MailOptOut;
use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::visitor_keys;
use crate::db::{DbError, response_queries};
use crate::domain::visitor_key::KeyKind;
use crate::error::AppError;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Path};
use askama::Template;
use shared::ids::{Secret, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::words::Language;

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsubscribeForm {
    /// A mail program's one click.
    OneClick,
    /// A button of the page, with this value.
    Pressed(String),
}

/// What a body says, from whichever form.
pub fn sent(body: &[u8]) -> UnsubscribeForm {
    let fields = FormFields::parse(body);
    let body = String::from_utf8_lossy(body);
    match fields.get("what") {
        "" if body.contains("List-Unsubscribe") && body.contains("One-Click") => UnsubscribeForm::OneClick,
        what => UnsubscribeForm::Pressed(what.to_owned()),
    }
}

#[derive(Template)]
#[template(path = "public/unsubscribe.html")]
struct UnsubscribePage {
    css: String,
    language: Language,
    shop: String,
    /// What they want no more of.
    no_more: Option<MailOptOut>,
    /// Whether they have just said so.
    is_new: bool,
}

impl UnsubscribePage {
    /// A sentence in the language of the page.
    fn in_language<'a>(&self, en: &'a str, de: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::De => de,
        }
    }
}

/// Whose link it is.
struct Reader {
    shop: Shop,
    address: String,
    language: Language,
}

async fn reader(state: &AppState, key: &str, secret: &str) -> Result<Reader, AppError> {
    let (Ok(key), Ok(secret)) = (ShopKey::parse(key), Secret::parse(secret)) else {
        return Err(AppError::NotFound);
    };
    let found = find_reader(state, &key, &secret_hash::hash_token(secret.reveal())).await?;
    found.filter(|reader| !reader.address.is_empty()).ok_or(AppError::NotFound)
}

async fn find_reader(state: &AppState, key: &ShopKey, hash: &str) -> Result<Option<Reader>, DbError> {
    let (db, now_ms) = (&state.db, state.clock.now_ms());
    let Some(id) = visitor_keys::find_target(db, key, KeyKind::Unsubscribe, hash, now_ms).await? else {
        return Ok(None);
    };
    let (shop, response) = (shops::find(db, key).await?, response_queries::find(db, key, &id).await?);
    Ok(shop.zip(response).map(|(shop, response)| Reader {
        shop,
        language: Language::of_tag(&response.language),
        address: response.email,
    }))
}

/// The page with the buttons.
///
/// # Errors
/// [`AppError::NotFound`] for a link that is none or is over; what the database says.
pub async fn get(place: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let reader = reader(&state, &place.0, &place.1).await?;
    let no_more = mail_opt_outs::find(&state.db, &reader.shop.key, &reader.address).await?;
    page(&state, reader, no_more, false)
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
    let reader = reader(&state, &place.0, &place.1).await?;
    let wanted = parse_choice(&sent(&body)).ok_or(Refusal::of("what", Code::Missing))?;
    let mut tx = state.db.begin().await?;
    mail_opt_outs::set(&mut tx, &reader.shop.key, &reader.address, wanted, state.clock.now_ms()).await?;
    tx.commit().await?;
    page(&state, reader, wanted, true)
}

/// What they want no more of. In one click it is questions that end: answers to somebody's own complaint do not, unless they
/// say so on the page.
fn parse_choice(sent: &UnsubscribeForm) -> Option<Option<MailOptOut>> {
    match sent {
        UnsubscribeForm::OneClick => Some(Some(MailOptOut::Questions)),
        UnsubscribeForm::Pressed(what) if what == "nothing" => Some(None),
        UnsubscribeForm::Pressed(what) => MailOptOut::named(what).map(Some),
    }
}

fn page(
    state: &AppState,
    reader: Reader,
    no_more: Option<MailOptOut>,
    is_new: bool,
) -> Result<HttpResponse, AppError> {
    let page = UnsubscribePage {
        css: state.assets.url("owner.css"),
        language: reader.language,
        shop: reader.shop.name,
        no_more,
        is_new,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_ends_questions_and_the_page_can_end_everything_or_begin_again() {
        for (body, what) in [
            ("List-Unsubscribe=One-Click", Some(Some(MailOptOut::Questions))),
            (
                "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--",
                Some(Some(MailOptOut::Questions)),
            ),
            ("what=questions", Some(Some(MailOptOut::Questions))),
            ("what=everything", Some(Some(MailOptOut::Anything))),
            ("what=nothing", Some(None)),
            ("what=all", None),
            ("", None),
        ] {
            assert_eq!(parse_choice(&sent(body.as_bytes())), what, "{body}");
        }
    }
}
