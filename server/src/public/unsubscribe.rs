//! `/u/{key}/{secret}`: the page on which a visitor opts out of a shop's mail.
//!
//! A GET changes nothing, since mail scanners open every link. The secret permits nothing else and no cookie counts, so that
//! a POST may come from any origin, as the one-click request of RFC 8058 does.

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

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsubscribeForm {
    /// The one-click request of a mail program.
    OneClick,
    /// The value of the pressed button.
    Pressed(String),
}

pub fn parse_form(body: &[u8]) -> UnsubscribeForm {
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
    opt_out: Option<MailOptOut>,
    /// Whether the page confirms a change.
    is_new: bool,
}

impl UnsubscribePage {
    fn in_language<'a>(&self, en: &'a str, de: &'a str) -> &'a str {
        match self.language {
            Language::En => en,
            Language::De => de,
        }
    }
}

/// The visitor to whom the link belongs.
struct Reader {
    shop: Shop,
    address: String,
    language: Language,
}

async fn load_reader(state: &AppState, key: &str, secret: &str) -> Result<Reader, AppError> {
    let (Ok(key), Ok(secret)) = (ShopKey::parse(key), Secret::parse(secret)) else {
        return Err(AppError::NotFound);
    };
    let load_reader = find_reader(state, &key, &secret_hash::hash_token(secret.reveal())).await?;
    load_reader.filter(|load_reader| !load_reader.address.is_empty()).ok_or(AppError::NotFound)
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

pub async fn get(path: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let load_reader = load_reader(&state, &path.0, &path.1).await?;
    let opt_out = mail_opt_outs::find(&state.db, &load_reader.shop.key, &load_reader.address).await?;
    page(&state, load_reader, opt_out, false)
}

pub async fn post(
    path: Path<(String, String)>,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let load_reader = load_reader(&state, &path.0, &path.1).await?;
    let choice = parse_choice(&parse_form(&body)).ok_or(Refusal::of("what", Code::Missing))?;
    let mut tx = state.db.begin().await?;
    mail_opt_outs::set(&mut tx, &load_reader.shop.key, &load_reader.address, choice, state.clock.now_ms())
        .await?;
    tx.commit().await?;
    page(&state, load_reader, choice, true)
}

/// One click opts out of questions only: the visitor still gets replies to their own complaint unless they press "everything".
fn parse_choice(parse_form: &UnsubscribeForm) -> Option<Option<MailOptOut>> {
    match parse_form {
        UnsubscribeForm::OneClick => Some(Some(MailOptOut::Questions)),
        UnsubscribeForm::Pressed(what) if what == "nothing" => Some(None),
        UnsubscribeForm::Pressed(what) => MailOptOut::named(what).map(Some),
    }
}

fn page(
    state: &AppState,
    load_reader: Reader,
    opt_out: Option<MailOptOut>,
    is_new: bool,
) -> Result<HttpResponse, AppError> {
    let page = UnsubscribePage {
        css: state.assets.url("owner.css"),
        language: load_reader.language,
        shop: load_reader.shop.name,
        opt_out,
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
            assert_eq!(parse_choice(&parse_form(body.as_bytes())), what, "{body}");
        }
    }
}
