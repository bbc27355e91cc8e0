//! `/enter/{token}`: a one-time link that signs an owner in. Opening it changes nothing; pressing the button does.

use crate::db::sessions;
use crate::error::Failure;
use crate::owner::auth::session;
use crate::security::secret_hash;
use crate::state::House;
use crate::web::html_response;
use crate::web::redirect::see_other;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/auth/one_time_link.html")]
struct EntrancePage {
    css: String,
    js: String,
    is_open: bool,
    name: String,
    action: String,
}

fn page(house: &House, token: &str, is_open: bool) -> Result<HttpResponse, Failure> {
    let status = if is_open { StatusCode::OK } else { StatusCode::GONE };
    let page = EntrancePage {
        css: house.assets.url("owner.css"),
        js: house.assets.url("owner.js"),
        is_open,
        name: String::new(),
        action: format!("/enter/{token}"),
    };
    Ok(html_response::page(HttpResponse::build(status), page.render()?))
}

/// The page with the button.
///
/// # Errors
/// What the database says.
pub async fn show(token: Path<String>, house: Data<House>) -> Result<HttpResponse, Failure> {
    let found = sessions::entrance(&house.db, &secret_hash::hash(&token), house.clock.now_ms()).await?;
    page(&house, &token, matches!(found, Some(Some(_))))
}

/// Uses the link up and signs in.
///
/// # Errors
/// What the database says.
pub async fn take(token: Path<String>, house: Data<House>) -> Result<HttpResponse, Failure> {
    let (hash, now_ms) = (secret_hash::hash(&token), house.clock.now_ms());
    let Some(Some(owner)) = sessions::entrance(&house.db, &hash, now_ms).await? else {
        return page(&house, &token, false);
    };
    let mut tx = house.db.begin().await?;
    if !sessions::use_up(&mut tx, &hash, now_ms).await? {
        return page(&house, &token, false);
    }
    tx.commit().await?;
    let mut answer = see_other("/summary");
    session::let_in(&house, &owner, &mut answer).await?;
    Ok(answer)
}
