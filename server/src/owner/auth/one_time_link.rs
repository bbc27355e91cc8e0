//! `/enter/{token}`: a one-time link that signs an owner in. A GET changes nothing, since mail scanners open every link.

use crate::db::sessions;
use crate::error::AppError;
use crate::owner::auth::session;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::web::html_response;
use crate::web::redirect::see_other;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/auth/one_time_link.html")]
struct OneTimeLinkPage {
    css: String,
    js: String,
    is_open: bool,
    name: String,
    action: String,
}

fn page(state: &AppState, token: &str, is_open: bool) -> Result<HttpResponse, AppError> {
    let status = if is_open { StatusCode::OK } else { StatusCode::GONE };
    let page = OneTimeLinkPage {
        css: state.assets.url("owner.css"),
        js: state.assets.url("owner.js"),
        is_open,
        name: String::new(),
        action: format!("/enter/{token}"),
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

pub async fn get(token: Path<String>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let link =
        sessions::find_one_time_link(&state.db, &secret_hash::hash_token(&token), state.clock.now_ms())
            .await?;
    page(&state, &token, matches!(link, Some(Some(_))))
}

pub async fn post(token: Path<String>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let (hash, now_ms) = (secret_hash::hash_token(&token), state.clock.now_ms());
    let Some(Some(owner)) = sessions::find_one_time_link(&state.db, &hash, now_ms).await? else {
        return page(&state, &token, false);
    };
    let mut tx = state.db.begin().await?;
    if !sessions::consume_one_time_link(&mut tx, &hash, now_ms).await? {
        return page(&state, &token, false);
    }
    tx.commit().await?;
    let mut response = see_other("/summary");
    session::start(&state, &owner, &mut response).await?;
    Ok(response)
}
