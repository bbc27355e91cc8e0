//! `/sign-in` and `/sign-out`.

use super::fields::Fields;
use super::{door, known_device};
use crate::failure::Failure;
use crate::headers;
use crate::house::House;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/sign_in.html")]
struct SignInPage {
    css: String,
    js: String,
    next: String,
    email: String,
    wrong: Option<&'static str>,
}

fn page(
    house: &House,
    next: &str,
    email: &str,
    wrong: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage {
        css: house.assets.url("owner.css"),
        js: house.assets.url("owner.js"),
        next: next.to_owned(),
        email: email.to_owned(),
        wrong,
    };
    Ok(headers::page(HttpResponse::build(status), page.render()?))
}

/// The page; whoever is signed in already goes on.
///
/// # Errors
/// What the database says.
pub async fn show(
    request: HttpRequest,
    query: Query<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let next = query.get("next");
    // An owner without a shop is signed in all the same, but has nowhere to go.
    match door::signed_in(&request).await {
        Ok(Some(_)) => Ok(see_other(door::next_or_summary(next))),
        Ok(None) | Err(Failure::NotFound) => page(&house, next, "", None),
        Err(failure) => Err(failure),
    }
}

/// Signs in, or says that it was not right: never whether there is such an address.
///
/// # Errors
/// [`shared::refusal::Code::TooMany`] after too many attempts, or what the database says.
pub async fn take(
    request: HttpRequest,
    form: Form<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    house.limits.sign_in(&request, house.clock.now_ms())?;
    let (next, email) = (form.get("next"), form.get("email"));
    known_device::may_try(&house, &request, email).await?;
    let Some(owner) = door::check(&house, email, form.raw("password")).await? else {
        known_device::was_wrong(&house, email).await?;
        return page(&house, next, email, Some("That e-mail and that password don’t belong together."));
    };
    let mut answer = see_other(door::next_or_summary(next));
    door::let_in(&house, &owner.id, &mut answer).await?;
    Ok(answer)
}

/// Signs out.
///
/// # Errors
/// What the database says.
pub async fn out(request: HttpRequest, house: Data<House>) -> Result<HttpResponse, Failure> {
    let cookie = door::sign_out(&request, &house).await?;
    let mut answer = see_other("/sign-in");
    answer.add_cookie(&cookie).map_err(|e| Failure::Internal(e.to_string()))?;
    Ok(answer)
}

/// Go on there, with a GET.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}
