//! Replaces the JSON of an error by a page where a person sees it.

use crate::error::{AppError, sentence_of};
use crate::state::AppState;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use askama::Template;
use shared::refusal::Code;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    css: String,
    status: u16,
    sentence: &'static str,
}

pub async fn render<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let for_programs =
        ["/v1/", "/a/", "/s/", "/p/", "/healthz", "/readyz"].iter().any(|p| request.path().starts_with(p));
    let response = next.call(request).await?;
    // actix answers a known path with a wrong method itself, with an empty body.
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let (request, _) = response.into_parts();
        return Ok(
            ServiceResponse::from_err(AppError::from(Code::WrongMethod), request).map_into_right_body()
        );
    }
    let page = match response.response().error().and_then(|e| e.as_error::<AppError>()) {
        Some(AppError::SignedOut(_)) | None => None,
        Some(error) if !for_programs => page(&response, error),
        Some(_) => None,
    };
    Ok(match page {
        Some(page) => {
            let (request, _) = response.into_parts();
            ServiceResponse::new(request, page).map_into_right_body()
        }
        None => response.map_into_left_body(),
    })
}

fn page<B>(response: &ServiceResponse<B>, error: &AppError) -> Option<HttpResponse> {
    let state = response.request().app_data::<Data<AppState>>()?;
    let page = ErrorPage {
        css: state.assets.url("owner.css"),
        status: response.status().as_u16(),
        sentence: sentence_of(error.code()),
    };
    let mut page = html_response::page(HttpResponse::build(response.status()), page.render().ok()?);
    if let Some(seconds) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    Some(page)
}
