//! Refusals for people: where a person would see JSON, they see a page that says what to do.

use crate::error::{AppError, sentence_of};
use crate::state::AppState;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;
use shared::refusal::Code;

/// A page with one sentence on it.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    css: String,
    status: u16,
    sentence: &'static str,
}

/// Replaces a failure's JSON by a page, except where programs ask.
///
/// # Errors
/// Only those of what comes after.
pub async fn render<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let for_programs =
        ["/v1/", "/a/", "/s/", "/p/", "/healthz", "/readyz"].iter().any(|p| request.path().starts_with(p));
    let answer = next.call(request).await?;
    // A path that is known, but not for this method: the framework answers that itself, without a word.
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        let (request, _) = answer.into_parts();
        return Ok(
            ServiceResponse::from_err(AppError::from(Code::WrongMethod), request).map_into_right_body()
        );
    }
    let page = match answer.response().error().and_then(|e| e.as_error::<AppError>()) {
        Some(AppError::SignedOut(_)) | None => None,
        Some(failure) if !for_programs => page(&answer, failure),
        Some(_) => None,
    };
    Ok(match page {
        Some(page) => {
            let (request, _) = answer.into_parts();
            ServiceResponse::new(request, page).map_into_right_body()
        }
        None => answer.map_into_left_body(),
    })
}

fn page<B>(answer: &ServiceResponse<B>, failure: &AppError) -> Option<HttpResponse> {
    let state = answer.request().app_data::<Data<AppState>>()?;
    let page = ErrorPage {
        css: state.assets.url("owner.css"),
        status: answer.status().as_u16(),
        sentence: sentence_of(failure.code()),
    };
    Some(html_response::page(HttpResponse::build(answer.status()), page.render().ok()?))
}
