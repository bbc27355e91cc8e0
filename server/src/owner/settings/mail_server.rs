//! `/settings/mail`: the shop's mail server. `/settings/mail/outbox`: what becomes of mail that did not go out.

use crate::db::mail_servers;
use crate::db::mail_servers::MailServerRow;
use crate::db::outbox_claims;
use crate::error::AppError;
use crate::notifications::test_mail::{self, TestMailOutcome};
use crate::owner::auth::session::{OwnerAccess, SignedIn};
use crate::owner::settings::{SettingsPage, saved};
use crate::smtp::server_config::{Security, host_name};
use crate::smtp::{MailRoute, purpose};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template as _;
use shared::email::Email;
use shared::text::line;

/// For the name and the password.
const SIGN_IN_MAX_CHARS: usize = 200;

#[derive(Default)]
pub struct MailView {
    /// How mail goes out now, in a sentence.
    pub route_text: String,
    /// Whether mail goes out at all.
    pub is_sent: bool,
    pub host: String,
    pub port: String,
    pub security: String,
    pub user_name: String,
    pub has_password: bool,
    pub from_address: String,
    pub reply_to: String,
    /// Whether the reader may change the server.
    pub may_decide: bool,
    /// Where a test goes.
    pub my_address: String,
    /// The result of a test: whether the server took the mail, and its reply.
    pub test_result: Option<(bool, String)>,
}

impl MailView {
    pub async fn saved(state: &AppState, who: &SignedIn) -> Result<Self, AppError> {
        let key = &who.shop.key;
        let own = mail_servers::find(&state.db, key).await?;
        let (route_text, is_sent) = match (state.mail_config.route(&state.db, key).await?, &own) {
            (MailRoute::Through(server), Some(_)) => (format!("Mail goes out through {}.", server.shown()), true),
            (MailRoute::Through(server), None) => (
                format!("Mail goes out from {}, through the mail server of this house. You can name one of your own.", server.from.as_str()),
                true,
            ),
            (MailRoute::NotConfigured, _) => ("No mail goes out yet. Name a mail server, and we write to you the moment somebody is not okay.".to_owned(), false),
            (MailRoute::PasswordUnreadable, _) => ("No mail goes out: the password can’t be read any more, since the key it was sealed with is gone. Please type it again.".to_owned(), false),
        };
        let stored = own.unwrap_or_else(|| MailServerRow {
            host: String::new(),
            port: i32::from(Security::Starttls.port()),
            security: Security::Starttls.as_str().to_owned(),
            user_name: String::new(),
            password_sealed: String::new(),
            from_address: String::new(),
            reply_to: String::new(),
        });
        Ok(Self {
            route_text,
            is_sent,
            port: stored.port.to_string(),
            host: stored.host,
            security: stored.security,
            user_name: stored.user_name,
            has_password: !stored.password_sealed.is_empty(),
            from_address: stored.from_address,
            reply_to: stored.reply_to,
            may_decide: who.role.may_decide(),
            my_address: who.owner.email.clone(),
            test_result: None,
        })
    }

    fn filled_from(self, form: &FormFields) -> Self {
        let text = |name| form.get(name).to_owned();
        Self {
            host: text("mail_host"),
            port: text("mail_port"),
            security: text("mail_security"),
            user_name: text("mail_user"),
            from_address: text("mail_from"),
            reply_to: text("mail_reply_to"),
            ..self
        }
    }
}

/// The server, and its password if one was typed.
fn parse(
    form: &FormFields,
    stored: Option<&MailServerRow>,
) -> Result<(MailServerRow, Option<String>), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let host = host_name(form.get("mail_host"));
    if host.is_none() {
        wrong.add("mail_host", "A mail server is called something like smtp.example.org.");
    }
    let port = wrong.number("mail_port", form.get("mail_port"), 1, 65_535);
    let security = Security::named(form.get("mail_security"));
    let user_name = wrong.check("mail_user", line("mail_user", form.get("mail_user"), SIGN_IN_MAX_CHARS));
    let from = wrong.check("mail_from", Email::parse(form.get("mail_from")));
    let reply_to = match form.get("mail_reply_to") {
        "" => Some(String::new()),
        typed => wrong.check("mail_reply_to", Email::parse(typed)).map(|e| e.as_str().to_owned()),
    };
    let password = form.raw("mail_password");
    let typed = wrong.check("mail_password", line("mail_password", password, SIGN_IN_MAX_CHARS));
    let typed = typed.filter(|t| !t.is_empty()).map(|_| password.to_owned());
    let (Some(host), Some(port), Some(user_name), Some(from), Some(reply_to), Some(security)) =
        (host, port, user_name, from, reply_to, security)
    else {
        return Err(wrong);
    };
    let mut new = MailServerRow {
        host,
        port: i32::try_from(port).unwrap_or_default(),
        security: security.as_str().to_owned(),
        user_name,
        password_sealed: String::new(),
        from_address: from.as_str().to_owned(),
        reply_to,
    };
    if let Some(stored) = stored.filter(|_| typed.is_none() && !new.user_name.is_empty()) {
        // A stored password must not go to a server for which it was not typed.
        let is_same = (&stored.host, stored.port, &stored.security, &stored.user_name)
            == (&new.host, new.port, &new.security, &new.user_name);
        if is_same {
            new.password_sealed.clone_from(&stored.password_sealed);
        } else if !stored.password_sealed.is_empty() {
            wrong.add(
                "mail_password",
                "Please type the password again: it would go to another server than before.",
            );
        }
    }
    if wrong.is_empty() { Ok((new, typed)) } else { Err(wrong) }
}

/// Saves the server, and sends a test mail if the form asks for it.
pub async fn post(
    request: HttpRequest,
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (key, now_ms) = (&who.shop.key, state.clock.now_ms());
    let stored = mail_servers::find(&state.db, key).await?;
    let mut tx;
    if form.get("mail_host").is_empty() {
        tx = state.db.begin().await?;
        mail_servers::delete(&mut tx, key).await?;
    } else {
        let parsed = parse(&form, stored.as_ref()).and_then(|(mut new, typed)| {
            if let Some(typed) = typed.filter(|_| !new.user_name.is_empty()) {
                let sealed = state.mail_config.secret_box.seal(&purpose(key), &typed, state.random.as_ref());
                new.password_sealed = sealed.map_err(|cause| {
                    let mut wrong = FieldErrors::default();
                    wrong.add("mail_password", format!("It can’t be kept safely: {cause}."));
                    wrong
                })?;
            }
            Ok(new)
        });
        let new = match parsed {
            Ok(new) => new,
            Err(wrong) => {
                let mut page = SettingsPage::load(&state, &who).await?;
                page.mail = page.mail.filled_from(&form);
                return page.refused("mail", wrong);
            }
        };
        tx = state.db.begin().await?;
        mail_servers::save(&mut tx, key, &new, now_ms).await?;
    }
    outbox_claims::retry_now(&mut tx, key, now_ms).await?;
    tx.commit().await?;
    if form.get("do") != "test" {
        return Ok(saved(&who, "mail"));
    }
    state.limits.sign_in(&request, now_ms)?;
    let test_result = match state.mail_config.route(&state.db, key).await? {
        MailRoute::Through(server) => {
            test_mail::send(&state, &server, &who.shop.name, &who.owner.email).await?
        }
        MailRoute::NotConfigured => TestMailOutcome::Refused("no mail server is named yet".to_owned()),
        MailRoute::PasswordUnreadable => {
            TestMailOutcome::Refused("the password can’t be read any more; please type it again".to_owned())
        }
    };
    let mut page = SettingsPage::load(&state, &who).await?;
    page.mail.test_result = Some(match test_result {
        TestMailOutcome::Taken(test_result) => (true, test_result),
        TestMailOutcome::Refused(test_result) => (false, test_result),
    });
    Ok(crate::web::html_response::page(HttpResponse::build(StatusCode::OK), page.render()?))
}

/// Decides what becomes of mail that failed or is held back.
pub async fn settle_unsent(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mail_state = ["failed", "held"].into_iter().find(|name| *name == form.get("state"));
    let sends = match form.get("do") {
        "send" => Some(true),
        "drop" => Some(false),
        _ => None,
    };
    if let (Some(mail_state), Some(sends)) = (mail_state, sends) {
        let mut tx = state.db.begin().await?;
        outbox_claims::resend_or_drop(&mut tx, &who.shop.key, mail_state, sends, state.clock.now_ms())
            .await?;
        tx.commit().await?;
    }
    let back = if form.get("back") == "inbox" { "/inbox" } else { "/settings#mail" };
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    Ok(see_other(&for_shop(back, choice)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: &[(&str, &str)]) -> FormFields {
        let typed = [
            ("mail_host", "smtp.example.org"),
            ("mail_port", "587"),
            ("mail_security", "starttls"),
            ("mail_user", "anna"),
            ("mail_password", ""),
            ("mail_from", "anna@shop.example"),
            ("mail_reply_to", ""),
        ];
        change.iter().chain(&typed).copied().collect()
    }

    #[test]
    fn a_password_goes_to_no_server_that_it_was_not_typed_for() {
        let (new, typed) = parse(&form(&[("mail_password", " p w ")]), None).ok().unwrap();
        assert_eq!(typed.as_deref(), Some(" p w "), "blanks belong to it");
        let stored = MailServerRow { password_sealed: "sealed".to_owned(), ..new };
        let (same, _) = parse(&form(&[("mail_from", "ben@shop.example")]), Some(&stored)).ok().unwrap();
        assert_eq!(same.password_sealed, "sealed");
        for change in [
            ("mail_host", "evil.example"),
            ("mail_port", "25"),
            ("mail_security", "none"),
            ("mail_user", "b"),
        ] {
            let wrong = parse(&form(&[change]), Some(&stored)).err().unwrap();
            assert!(wrong.at("mail_password").is_some(), "{change:?}");
        }
        let (nobody, _) =
            parse(&form(&[("mail_user", ""), ("mail_host", "b.example")]), Some(&stored)).ok().unwrap();
        assert_eq!(nobody.password_sealed, "", "nobody signs in, so there is no password");
    }

    #[test]
    fn every_field_that_is_not_right_is_named() {
        let wrong = parse(
            &form(&[
                ("mail_host", "a b"),
                ("mail_port", "0"),
                ("mail_from", "anna"),
                ("mail_reply_to", "b"),
                ("mail_user", "a\nb"),
            ]),
            None,
        );
        let wrong = wrong.err().unwrap();
        for field in ["mail_host", "mail_port", "mail_from", "mail_reply_to", "mail_user"] {
            assert!(wrong.at(field).is_some(), "{field}");
        }
    }
}
