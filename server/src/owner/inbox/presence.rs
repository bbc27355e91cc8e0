//! Who else of the shop has the conversation open: the page says every few seconds that somebody is there, and hears who
//! else is.

use crate::db::presence;
use crate::db::presence::Present;
use crate::error::AppError;
use crate::owner::auth::session::{MemberAccess, SignedIn};
use crate::owner::inbox::parsed;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::first_name;
use crate::time::clock::SECOND_MS;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form, Path};
use askama::Template;
use shared::ids::ResponseId;

/// Whoever has not said anything for so long has gone. The page speaks every four seconds; a browser slows down what lies
/// in the background.
const GONE_AFTER_MS: i64 = 15 * SECOND_MS;
/// What is known already is written down again so often.
const NOTED_EVERY_MS: i64 = 8 * SECOND_MS;

#[derive(Template)]
#[template(path = "owner/inbox/other_viewers.html")]
struct OtherViewers {
    others: Vec<String>,
}

/// Somebody is there; the answer says who else is.
///
/// # Errors
/// 404 for no conversation of this shop, or what the database says.
pub async fn mark_present(
    MemberAccess(who): MemberAccess,
    id: Path<String>,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (id, now_ms) = (parsed(&id)?, state.clock.now_ms());
    let (key, me) = (&who.shop.key, &who.owner.id);
    let is_writing = form.get("writing") == "1";
    let present = presence::viewers(&state.db, key, &id, now_ms - GONE_AFTER_MS).await?;
    let is_known = present
        .iter()
        .any(|p| p.person == *me && p.is_writing == is_writing && p.seen_at_ms > now_ms - NOTED_EVERY_MS);
    if !is_known {
        // Presence in a conversation that is not there would be kept by nothing.
        if crate::db::conversations::load(&state.db, key, &id).await?.is_none() {
            return Err(AppError::NotFound);
        }
        let mut tx = state.db.begin().await?;
        presence::record(&mut tx, key, &id, me, is_writing, now_ms, now_ms - GONE_AFTER_MS).await?;
        tx.commit().await?;
    }
    let page = OtherViewers { others: sentences(&present, me) };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// Who else is there, in sentences.
///
/// # Errors
/// What the database says.
pub(crate) async fn other_viewers(
    state: &AppState,
    who: &SignedIn,
    id: &ResponseId,
) -> Result<Vec<String>, AppError> {
    let since_ms = state.clock.now_ms() - GONE_AFTER_MS;
    let present = presence::viewers(&state.db, &who.shop.key, id, since_ms).await?;
    Ok(sentences(&present, &who.owner.id))
}

fn sentences(present: &[Present], me: &str) -> Vec<String> {
    let others = present.iter().filter(|p| p.person != me);
    others
        .map(|p| {
            let name = first_name(&p.name);
            if p.is_writing { format!("{name} is writing") } else { format!("{name} has this open, too") }
        })
        .collect()
}
