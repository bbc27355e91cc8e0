//! `/settings/people/invite`. The link is shown once, and sent by mail if an address was typed.

use crate::db::invitations;
use crate::db::outbox;
use crate::domain::mail::{MailKind, NewMail};
use crate::domain::role::Role;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::people::{OneTimeJoinLink, PeoplePage, invitation, saved};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::urls::join_url;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use askama::Template as _;
use shared::email::Email;
use shared::ids::Secret;

struct InvitationForm {
    secret: Secret,
    email: String,
    role: Role,
}

fn parse(form: &FormFields) -> Result<InvitationForm, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let email = match form.get("email") {
        "" => Some(String::new()),
        typed => wrong.check("email", Email::parse(typed)).map(|email| email.as_str().to_owned()),
    };
    let role = Role::named(form.get("role"));
    if role.is_none() {
        wrong.add("role", "Please choose what they may do.");
    }
    // The form always has one.
    let secret = Secret::parse(form.get("secret")).ok();
    match (email, role, secret) {
        (Some(email), Some(role), Some(secret)) => Ok(InvitationForm { secret, email, role }),
        _ => Err(wrong),
    }
}

/// The same form sent again shows the same link.
pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let InvitationForm { secret, email, role } = match parse(&form) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let mut page = PeoplePage::load(&state, &who).await?;
            page.invite_email = form.get("email").to_owned();
            page.invite_role = Role::named(form.get("role")).unwrap_or(Role::Staff);
            return page.refused("invite", wrong);
        }
    };
    let (key, now_ms) = (&who.shop.key, state.clock.now_ms());
    let new_invitation =
        invitation(secret_hash::hash_token(secret.reveal()), email.clone(), role, &who.owner.id, now_ms);
    let mut tx = state.db.begin().await?;
    if invitations::insert(&mut tx, key, &new_invitation).await? && !email.is_empty() {
        let mail = NewMail {
            id: state.random.mail_id(now_ms),
            kind: MailKind::Invitation,
            response: String::new(),
            // Names the invitation; the mail's link gets a secret of its own when it is sent.
            message: new_invitation.token_hash,
            person: String::new(),
            address: email.clone(),
        };
        outbox::insert(&mut tx, key, &mail, now_ms).await?;
    }
    tx.commit().await?;
    let mut page = PeoplePage::load(&state, &who).await?;
    page.link = Some(OneTimeJoinLink { url: join_url(&state, key, &secret), email });
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

pub async fn revoke(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    invitations::revoke(&mut tx, &who.shop.key, form.get("invitation")).await?;
    tx.commit().await?;
    Ok(saved(&who, "people"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_needs_a_role_and_may_have_an_address() {
        let secret = Secret::from_bytes(&[7; 32]);
        let form = |email, role| -> FormFields {
            [("secret", secret.reveal()), ("email", email), ("role", role)].into_iter().collect()
        };
        assert!(parse(&form("", "staff")).is_ok());
        assert_eq!(parse(&form(" ben@shop.example ", "reader")).ok().unwrap().email, "ben@shop.example");
        assert!(parse(&form("ben@", "staff")).err().unwrap().at("email").is_some());
        assert!(parse(&form("", "queen")).err().unwrap().at("role").is_some());
    }
}
