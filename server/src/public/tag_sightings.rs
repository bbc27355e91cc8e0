//! Writes down where a shop's tag was seen, while the page gets its loader.

use crate::db::{DbError, shops};
use crate::domain::allowed_origin::OriginRule;
use crate::state::AppState;
use actix_web::web::Data;
use shared::ids::ShopKey;

/// Writes down that the tag was asked for by a page of this origin, if it may stand there. The page gets its loader
/// meanwhile: it must not wait for a database that has no time.
pub fn record(state: &Data<AppState>, key: &ShopKey, places: &[shops::ShopOrigin], origin: &str) {
    let Some(place) = places.iter().find(|p| p.origin.allows(origin)) else { return };
    let now_ms = state.clock.now_ms();
    if state.tag_sightings.is_due(key, &place.origin, now_ms) {
        let (state, key, origin) = (state.clone(), key.clone(), place.origin.clone());
        actix_web::rt::spawn(async move {
            if let Err(cause) = save(&state, &key, &origin, now_ms).await {
                tracing::warn!(%cause, "where a tag was seen could not be written down");
            }
        });
    }
}

async fn save(state: &AppState, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    shops::record_tag_seen(&mut tx, key, origin, now_ms).await?;
    tx.commit().await
}

/// The origin of an address such as a `Referer`.
pub fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    (!authority.is_empty()).then(|| format!("{scheme}://{authority}"))
}
