//! `/first-run/{token}`: creates the first owner and the shop, by the one-time link that the program printed.

use crate::db::shop_defaults::new_shop;
use crate::db::users;
use crate::db::users::Owner;
use crate::db::{sessions, shops};
use crate::domain::allowed_origin::OriginRule;
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::owner::auth::session;
use crate::security::password::{self, Lane};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::first_name;
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::redirect::see_other;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use askama::Template;
use shared::email::Email;
use shared::text::NAME_MAX_CHARS;

#[derive(Template)]
#[template(path = "owner/auth/first_run.html")]
struct FirstRunPage {
    css: String,
    js: String,
    action: String,
    wrong: FieldErrors,
    name: String,
    first_name: String,
    initials: String,
    email: String,
    shop_name: String,
    origin: String,
    /// A shop was added on the command line and has no owner.
    has_shop: bool,
}

struct NewOwner {
    name: String,
    email: Email,
    password: String,
    shop: Option<(String, OriginRule)>,
    /// The browser's; UTC if it does not say.
    time_zone: String,
}

fn parse(form: &FormFields, has_shop: bool) -> Result<NewOwner, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let name = wrong.line("name", form.get("name"), NAME_MAX_CHARS);
    let email = wrong.check("email", Email::parse(form.get("email")));
    let password = form.raw("password");
    match password.chars().take(password::MAX_CHARS + 1).count() {
        n if n < password::MIN_CHARS => wrong.add("password", "Eight characters or more, please."),
        n if n > password::MAX_CHARS => wrong.add("password", "At most 128 characters, please."),
        _ => {}
    }
    let shop = if has_shop {
        None
    } else {
        let shop_name = wrong.line("shop_name", form.get("shop_name"), NAME_MAX_CHARS);
        shop_name.zip(wrong.check("origin", OriginRule::parse(form.get("origin"))))
    };
    match (name, email) {
        (Some(name), Some(email)) if wrong.is_empty() => {
            let zone = form.get("time_zone");
            let time_zone = if ShopZone::is_zone(zone) { zone } else { "UTC" }.to_owned();
            Ok(NewOwner { name, email, password: password.to_owned(), shop, time_zone })
        }
        _ => Err(wrong),
    }
}

async fn page(
    state: &AppState,
    token: &str,
    form: &FormFields,
    wrong: FieldErrors,
) -> Result<HttpResponse, AppError> {
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let person = ContactPerson { name: first_name(form.get("name")).to_owned(), photo: None };
    let page = FirstRunPage {
        css: state.assets.url("owner.css"),
        js: state.assets.url("owner.js"),
        action: format!("/first-run/{token}"),
        wrong,
        initials: person.initials(),
        name: form.get("name").to_owned(),
        first_name: person.name,
        email: form.get("email").to_owned(),
        shop_name: form.get("shop_name").to_owned(),
        origin: form.get("origin").to_owned(),
        has_shop: !users::list_shops_without_members(&state.db).await?.is_empty(),
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

/// Once there is an owner, every such link is invalid.
async fn is_open(state: &AppState, hash: &str) -> Result<bool, AppError> {
    let link_owner = sessions::find_one_time_link(&state.db, hash, state.clock.now_ms()).await?;
    Ok(matches!(link_owner, Some(None)) && users::count(&state.db).await? == 0)
}

/// 404 for a link that is not valid.
pub async fn get(token: Path<String>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    if !is_open(&state, &secret_hash::hash_token(&token)).await? {
        return Err(AppError::NotFound);
    }
    page(&state, &token, &FormFields::default(), FieldErrors::default()).await
}

/// Creates the owner and the shop, uses up the link and signs in.
pub async fn post(
    token: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let hash = secret_hash::hash_token(&token);
    if !is_open(&state, &hash).await? {
        return Err(AppError::NotFound);
    }
    let unowned = users::list_shops_without_members(&state.db).await?;
    let new_owner = match parse(&form, !unowned.is_empty()) {
        Ok(new_owner) => new_owner,
        Err(wrong) => return page(&state, &token, &form, wrong).await,
    };
    let password_hash = password::hash(new_owner.password, Lane::Unknown).await?;
    let now_ms = state.clock.now_ms();
    let owner = Owner {
        id: state.random.new_owner_id(),
        email: new_owner.email.as_str().to_owned(),
        name: new_owner.name,
    };
    let mut tx = state.db.begin().await?;
    if users::count_within(&mut tx).await? > 0
        || !sessions::consume_one_time_link(&mut tx, &hash, now_ms).await?
    {
        return Err(AppError::NotFound);
    }
    if !users::insert(&mut tx, &owner, &password_hash, now_ms).await? {
        drop(tx);
        let mut wrong = FieldErrors::default();
        wrong.add("email", "Somebody has this address already.");
        return page(&state, &token, &form, wrong).await;
    }
    if let Some((name, origin)) = new_owner.shop {
        let mut shop = new_shop(state.random.as_ref(), &name, first_name(&owner.name), now_ms);
        shop.settings.time_zone = new_owner.time_zone;
        shops::insert(&mut tx, &shop).await?;
        shops::insert_origin(&mut tx, &shop.key, &origin, now_ms).await?;
        users::insert_member(&mut tx, &shop.key, &owner.id).await?;
    }
    for key in &unowned {
        users::insert_member(&mut tx, key, &owner.id).await?;
    }
    tx.commit().await?;
    let mut response = see_other("/welcome");
    session::start(&state, &owner.id, &mut response).await?;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: &[(&str, &str)]) -> FormFields {
        let typed = [
            ("name", "Anna Lindqvist"),
            ("email", "anna@kilnandkettle.example"),
            ("password", "correct horse"),
            ("shop_name", "Kiln & Kettle"),
            ("origin", "kilnandkettle.example"),
        ];
        change.iter().chain(&typed).copied().collect()
    }

    #[test]
    fn everything_right_makes_an_owner_and_a_shop() {
        let new_owner = parse(&form(&[]), false).ok().unwrap();
        let (shop, origin) = new_owner.shop.unwrap();
        assert_eq!((new_owner.name.as_str(), shop.as_str()), ("Anna Lindqvist", "Kiln & Kettle"));
        assert_eq!(origin.as_str(), "https://kilnandkettle.example");
        assert_eq!(new_owner.password, "correct horse");
        assert!(parse(&form(&[("origin", ""), ("shop_name", "")]), true).is_ok());
        let zone = |typed| parse(&form(&[("time_zone", typed)]), false).ok().unwrap().time_zone;
        assert_eq!(
            (zone("Europe/Berlin").as_str(), zone("Europe/Atlantis").as_str()),
            ("Europe/Berlin", "UTC")
        );
    }

    #[test]
    fn every_wrong_field_has_its_sentence_at_once() {
        let wrong = parse(
            &form(&[("name", " "), ("email", "anna@"), ("password", "short"), ("origin", "kiln")]),
            false,
        );
        let wrong = wrong.err().unwrap();
        for field in ["name", "email", "password", "origin"] {
            assert!(wrong.at(field).is_some(), "{field}");
        }
        assert_eq!(wrong.at("shop_name"), None);
        assert!(parse(&form(&[("password", &"x".repeat(129))]), false).is_err());
    }
}
