//! `/sign-in` and `/sign-out`.

use crate::error::AppError;
use crate::owner::auth::{known_devices, session};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::html_response;
use crate::web::redirect::see_other;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/auth/sign_in.html")]
struct SignInPage {
    css: String,
    js: String,
    next: String,
    email: String,
    wrong: Option<&'static str>,
}

fn page(
    state: &AppState,
    next: &str,
    email: &str,
    wrong: Option<&'static str>,
) -> Result<HttpResponse, AppError> {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage {
        css: state.assets.url("owner.css"),
        js: state.assets.url("owner.js"),
        next: next.to_owned(),
        email: email.to_owned(),
        wrong,
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

/// Redirects a member who is signed in already.
pub async fn get(
    request: HttpRequest,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let next = query.get("next");
    // An owner without a shop has a session and yet no page to go to.
    match session::optional(&request).await {
        Ok(Some(_)) => Ok(see_other(session::next_or_summary(next))),
        Ok(None) | Err(AppError::NotFound) => page(&state, next, "", None),
        Err(error) => Err(error),
    }
}

/// The error does not say whether the address has an account.
pub async fn post(
    request: HttpRequest,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    state.limits.sign_in(&request, state.clock.now_ms())?;
    let (next, email) = (form.get("next"), form.get("email"));
    let attempt = known_devices::begin_attempt(&state, &request, email).await?;
    let Some(owner) = session::check(&state, email, form.raw("password"), &attempt).await? else {
        return page(&state, next, email, Some("That e-mail and that password don’t belong together."));
    };
    let mut response = see_other(session::next_or_summary(next));
    session::start(&state, &owner.id, &mut response).await?;
    Ok(response)
}

pub async fn sign_out(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let cookie = session::sign_out(&request, &state).await?;
    let mut response = see_other("/sign-in");
    response.add_cookie(&cookie).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(response)
}
