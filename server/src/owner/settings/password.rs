//! `/settings/sign-in`: the owner's own password.

use crate::db::{sessions, users};
use crate::error::AppError;
use crate::owner::auth::session;
use crate::owner::auth::session::SignedIn;
use crate::owner::settings::{SettingsPage, saved};
use crate::security::password::{self, Lane};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use shared::refusal::Code;

pub struct SignInView {
    pub email: String,
}

impl SignInView {
    pub fn for_member(who: &SignedIn) -> Self {
        Self { email: who.owner.email.clone() }
    }
}

fn parse(form: &FormFields) -> Result<String, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let new = form.raw("new_password");
    match password::validate(new) {
        Ok(()) => {}
        Err(refusal) if refusal.code == Code::TooLong => {
            wrong.add("new_password", "At most 128 characters, please.")
        }
        Err(_) => wrong.add("new_password", "Eight characters or more, please."),
    }
    if wrong.is_empty() { Ok(new.to_owned()) } else { Err(wrong) }
}

/// A new password ends every other session.
pub async fn post(
    request: HttpRequest,
    who: SignedIn,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    state.limits.sign_in(&request, state.clock.now_ms())?;
    let new = match parse(&form) {
        Ok(new) => new,
        Err(wrong) => return SettingsPage::load(&state, &who).await?.refused("sign-in", wrong),
    };
    if !knows_password(&state, &who, form.raw("old_password")).await? {
        let mut wrong = FieldErrors::default();
        wrong.add("old_password", "That is not your password of today.");
        return SettingsPage::load(&state, &who).await?.refused("sign-in", wrong);
    }
    let hash = password::hash(new, Lane::Known).await?;
    let mut tx = state.db.begin().await?;
    users::set_password(&mut tx, &who.owner.id, &hash).await?;
    sessions::delete_others(&mut tx, &who.owner.id, &session::session_hash(&request, &state)).await?;
    tx.commit().await?;
    Ok(saved(&who, "sign-in"))
}

/// Whether the current password is right. An owner who came by a one-time link has none yet.
async fn knows_password(state: &AppState, who: &SignedIn, old: &str) -> Result<bool, AppError> {
    let hash = users::find_by_email(&state.db, &who.owner.email).await?.map(|(_, hash)| hash);
    match hash {
        Some(hash) if hash.is_empty() => Ok(true),
        hash => Ok(password::verify(old.to_owned(), hash, Lane::Known).await?),
    }
}
