//! The summary of a shop without responses: what remains to be set up.

use crate::db::shops;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::layout::Layout;
use crate::owner::settings::tag_status_view::{TagStatus, latest};
use crate::state::AppState;
use crate::text::phrases::first_name;
use askama::Template;

#[derive(Template)]
#[template(path = "owner/summary/empty.html")]
struct EmptyReportPage {
    shell: Layout,
    name: String,
    has_face: bool,
    is_seen: bool,
    tag: String,
    seen: Vec<TagStatus>,
    seen_href: String,
    person_href: String,
    preview_href: String,
    hosted_href: String,
}

pub async fn page(state: &AppState, who: &SignedIn, shell: Layout) -> Result<String, AppError> {
    let origins = shops::list_origins(&state.db, &who.shop.key).await?;
    let page = EmptyReportPage {
        name: first_name(&who.owner.name).to_owned(),
        has_face: who.shop.settings.person.photo.is_some(),
        is_seen: origins.iter().any(|p| p.seen_at_ms.is_some()),
        tag: state.tag(&who.shop.key),
        seen: latest(&origins, state.clock.now_ms()),
        seen_href: shell.to("/settings/tag-seen"),
        person_href: shell.to("/settings#person"),
        preview_href: shell.to("/settings#h-pv"),
        hosted_href: format!("/w/{}", who.shop.key.as_str()),
        shell,
    };
    Ok(page.render()?)
}
