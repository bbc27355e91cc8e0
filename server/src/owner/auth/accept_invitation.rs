//! `/join/{token}`: accepting an invitation. A GET changes nothing, since mail scanners open every link.

use crate::db::invitations;
use crate::db::invitations::Invitation;
use crate::db::members;
use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::users;
use crate::db::users::Owner;
use crate::domain::role::Role;
use crate::error::AppError;
use crate::owner::auth::session;
use crate::security::password::{self, Lane};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::email::Email;
use shared::ids::ShopKey;
use shared::text::NAME_MAX_CHARS;
use shared::words::Language;

#[derive(Template)]
#[template(path = "owner/auth/accept_invitation.html")]
struct JoinPage {
    css: String,
    js: String,
    action: String,
    /// Where sign-in leads back.
    next: String,
    wrong: FieldErrors,
    /// `None` once the invitation has expired.
    invited: Option<AcceptForm>,
    /// Name and address of the member who is signed in.
    /// It names an address that the owner who is signed in does not have.
    is_for_another: bool,
    you: Option<(String, String)>,
    name: String,
    email: String,
    language: Language,
}

struct AcceptForm {
    shop: String,
    by: String,
    role: Role,
    /// Only this address may accept; empty for any.
    email: String,
}

/// A valid invitation and its shop.
struct OpenInvitation {
    invitation: Invitation,
    shop: Shop,
    by: String,
}

/// The link holds the shop's key and a secret.
async fn find_invitation(state: &AppState, path: &str) -> Result<Option<OpenInvitation>, AppError> {
    let Some((key, secret)) = path.split_once('.') else { return Ok(None) };
    let Ok(key) = ShopKey::parse(key) else { return Ok(None) };
    let now_ms = state.clock.now_ms();
    let Some(invitation) =
        invitations::find(&state.db, &key, &secret_hash::hash_token(secret), now_ms).await?
    else {
        return Ok(None);
    };
    let Some(shop) = shops::find(&state.db, &key).await? else { return Ok(None) };
    let by =
        members::find(&state.db, &key, &invitation.invited_by).await?.map(|by| by.name).unwrap_or_default();
    Ok(Some(OpenInvitation { invitation, shop, by }))
}

fn page(
    state: &AppState,
    path: &str,
    open_invitation: Option<&OpenInvitation>,
    you: Option<&Owner>,
    form: &FormFields,
    wrong: FieldErrors,
) -> Result<HttpResponse, AppError> {
    let is_for_another = match (open_invitation, you) {
        (Some(open_invitation), Some(you)) => !open_invitation.invitation.is_for(&you.email),
        _ => false,
    };
    let status = match open_invitation {
        None => StatusCode::GONE,
        Some(_) if is_for_another => StatusCode::FORBIDDEN,
        Some(_) if wrong.is_empty() => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let action = format!("/join/{path}");
    let page = JoinPage {
        css: state.assets.url("owner.css"),
        js: state.assets.url("owner.js"),
        next: crate::text::form_fields::encoded(&action),
        action,
        wrong,
        invited: open_invitation.map(|open_invitation| AcceptForm {
            shop: open_invitation.shop.name.clone(),
            by: open_invitation.by.clone(),
            role: open_invitation.invitation.role,
            email: open_invitation.invitation.email.clone(),
        }),
        is_for_another,
        you: you.map(|you| (you.name.clone(), you.email.clone())),
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        language: Language::of_tag(form.get("language")),
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

pub async fn get(
    request: HttpRequest,
    path: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let open_invitation = find_invitation(&state, &path).await?;
    let you = session::signed_in_owner(&request).await?;
    page(
        &state,
        &path,
        open_invitation.as_ref(),
        you.as_ref(),
        &FormFields::default(),
        FieldErrors::default(),
    )
}

/// A person without an account.
struct NewMember {
    name: String,
    email: String,
    password: String,
}

fn parse(form: &FormFields, invited_email: &str) -> Result<NewMember, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let name = wrong.line("name", form.get("name"), NAME_MAX_CHARS);
    // An invitation that names an address is for that address only.
    let email = match invited_email {
        "" => wrong.check("email", Email::parse(form.get("email"))).map(|email| email.as_str().to_owned()),
        invited => Some(invited.to_owned()),
    };
    let password = form.raw("password");
    match password.chars().take(password::MAX_CHARS + 1).count() {
        n if n < password::MIN_CHARS => wrong.add("password", "Eight characters or more, please."),
        n if n > password::MAX_CHARS => wrong.add("password", "At most 128 characters, please."),
        _ => {}
    }
    match (name, email) {
        (Some(name), Some(email)) if wrong.is_empty() => {
            Ok(NewMember { name, email, password: password.to_owned() })
        }
        _ => Err(wrong),
    }
}

pub async fn post(
    request: HttpRequest,
    path: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    state.limits.sign_in(&request, state.clock.now_ms())?;
    let Some(open_invitation) = find_invitation(&state, &path).await? else {
        return page(&state, &path, None, None, &form, FieldErrors::default());
    };
    match session::signed_in_owner(&request).await? {
        Some(you) => accept_signed_in(&state, &path, &open_invitation, &you, &form).await,
        None => accept_as_new(&state, &path, &open_invitation, &form).await,
    }
}

async fn accept_signed_in(
    state: &AppState,
    path: &str,
    open_invitation: &OpenInvitation,
    you: &Owner,
    form: &FormFields,
) -> Result<HttpResponse, AppError> {
    if !open_invitation.invitation.is_for(&you.email) {
        return page(state, path, Some(open_invitation), Some(you), form, FieldErrors::default());
    }
    let key = &open_invitation.shop.key;
    let mut tx = state.db.begin().await?;
    // A member of the shop does not use up the invitation.
    if members::insert(&mut tx, key, &you.id, open_invitation.invitation.role).await? {
        if !invitations::consume(&mut tx, key, &open_invitation.invitation.token_hash, state.clock.now_ms())
            .await?
        {
            drop(tx);
            return page(state, path, None, Some(you), form, FieldErrors::default());
        }
        tx.commit().await?;
    }
    Ok(see_other(&for_shop("/summary", Some(key.as_str()))))
}

async fn accept_as_new(
    state: &AppState,
    path: &str,
    open_invitation: &OpenInvitation,
    form: &FormFields,
) -> Result<HttpResponse, AppError> {
    let new_member = match parse(form, &open_invitation.invitation.email) {
        Ok(new_member) => new_member,
        Err(wrong) => return page(state, path, Some(open_invitation), None, form, wrong),
    };
    let password_hash = password::hash(new_member.password, Lane::Unknown).await?;
    let (key, now_ms) = (&open_invitation.shop.key, state.clock.now_ms());
    let owner = Owner { id: state.random.new_owner_id(), email: new_member.email, name: new_member.name };
    let mut tx = state.db.begin().await?;
    if !invitations::consume(&mut tx, key, &open_invitation.invitation.token_hash, now_ms).await? {
        drop(tx);
        return page(state, path, None, None, form, FieldErrors::default());
    }
    if !users::insert(&mut tx, &owner, &password_hash, now_ms).await? {
        drop(tx);
        let mut wrong = FieldErrors::default();
        wrong.add("email", "Somebody signs in with this address already. If that is you, sign in first.");
        return page(state, path, Some(open_invitation), None, form, wrong);
    }
    let language = Language::of_tag(form.get("language")).as_str();
    members::update_user(&mut tx, &owner.id, &owner.name, language, "").await?;
    members::insert(&mut tx, key, &owner.id, open_invitation.invitation.role).await?;
    tx.commit().await?;
    let mut response = see_other(&for_shop("/summary", Some(key.as_str())));
    session::start(state, &owner.id, &mut response).await?;
    Ok(response)
}

/// The role in a sentence.
fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Owner => "You will decide everything, like whoever invites you.",
        Role::Staff => "You will read what visitors say, and answer them.",
        Role::Reader => "You will read what visitors say.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_for_an_address_is_for_that_address_only() {
        let form: FormFields =
            [("name", "Ben"), ("email", "mallory@evil.example"), ("password", "correct horse")]
                .into_iter()
                .collect();
        assert_eq!(parse(&form, "ben@shop.example").ok().unwrap().email, "ben@shop.example");
        assert_eq!(parse(&form, "").ok().unwrap().email, "mallory@evil.example");
        let wrong = parse(&FormFields::default(), "").err().unwrap();
        assert!(["name", "email", "password"].into_iter().all(|field| wrong.at(field).is_some()));
    }
}
