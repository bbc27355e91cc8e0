//! Presence: while a conversation is open, its page reports so every few seconds, and learns which other members have it open.

use crate::db::presence;
use crate::db::presence::Present;
use crate::error::AppError;
use crate::owner::auth::session::{MemberAccess, SignedIn};
use crate::owner::inbox::parse_id;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::first_name;
use crate::time::clock::SECOND_MS;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Path};
use askama::Template;
use shared::ids::ResponseId;

/// The page reports every four seconds; a browser slows down timers of pages in the background.
const EXPIRES_AFTER_MS: i64 = 15 * SECOND_MS;
/// A known presence is written again only after this time.
const RECORD_INTERVAL_MS: i64 = 8 * SECOND_MS;

#[derive(Template)]
#[template(path = "owner/inbox/other_viewers.html")]
struct OtherViewers {
    others: Vec<String>,
}

pub async fn mark_present(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (id, now_ms) = (parse_id(&id)?, state.clock.now_ms());
    let (key, own_id) = (&who.shop.key, &who.owner.id);
    let is_writing = form.get("writing") == "1";
    let present = presence::viewers(&state.db, key, &id, now_ms - EXPIRES_AFTER_MS).await?;
    let is_recorded = present.iter().any(|p| {
        p.person == *own_id && p.is_writing == is_writing && p.seen_at_ms > now_ms - RECORD_INTERVAL_MS
    });
    if !is_recorded {
        // No other row would delete the presence in a conversation that does not exist.
        if crate::db::conversations::load(&state.db, key, &id).await?.is_none() {
            return Err(AppError::NotFound);
        }
        let mut tx = state.db.begin().await?;
        presence::record(&mut tx, key, &id, own_id, is_writing, now_ms, now_ms - EXPIRES_AFTER_MS).await?;
        tx.commit().await?;
    }
    let page = OtherViewers { others: sentences(&present, own_id) };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

pub(crate) async fn other_viewers(
    state: &AppState,
    who: &SignedIn,
    id: &ResponseId,
) -> Result<Vec<String>, AppError> {
    let since_ms = state.clock.now_ms() - EXPIRES_AFTER_MS;
    let present = presence::viewers(&state.db, &who.shop.key, id, since_ms).await?;
    Ok(sentences(&present, &who.owner.id))
}

fn sentences(present: &[Present], own_id: &str) -> Vec<String> {
    let others = present.iter().filter(|p| p.person != own_id);
    others
        .map(|p| {
            let name = first_name(&p.name);
            if p.is_writing { format!("{name} is writing") } else { format!("{name} has this open, too") }
        })
        .collect()
}
