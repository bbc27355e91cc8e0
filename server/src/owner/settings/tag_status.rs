//! `/settings/tag-seen`: where the tag was seen, as a fragment that the page's script polls.

use crate::db::shops;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::settings::tag_status_view::{TagStatus, latest, statuses};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::html_response;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/settings/tag_status.html")]
struct TagStatusFragment {
    seen: Vec<TagStatus>,
}

#[derive(Template)]
#[template(path = "owner/settings/allowed_origins.html")]
struct OriginListFragment {
    origins: Vec<TagStatus>,
    remove_action: String,
}

/// With `list` every origin, else one of them.
pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let origins = shops::list_origins(&state.db, &who.shop.key).await?;
    let now_ms = state.clock.now_ms();
    let html = if query.has("list") {
        let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
        let remove_action = for_shop("/settings/origins/remove", choice);
        OriginListFragment { origins: statuses(&origins, now_ms), remove_action }.render()?
    } else {
        TagStatusFragment { seen: latest(&origins, now_ms) }.render()?
    };
    Ok(html_response::page(HttpResponse::Ok(), html))
}
