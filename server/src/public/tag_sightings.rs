//! Records on which origins a shop's tag was seen.

use crate::db::{DbError, shops};
use crate::domain::allowed_origin::OriginRule;
use crate::state::AppState;
use actix_web::web::Data;
use shared::ids::ShopKey;

/// Only origins that the shop allows are recorded. The write runs beside the response, which does not wait for a slow
/// database.
pub fn record(state: &Data<AppState>, key: &ShopKey, origins: &[shops::ShopOrigin], origin: &str) {
    let Some(allowed) = origins.iter().find(|p| p.origin.allows(origin)) else { return };
    let now_ms = state.clock.now_ms();
    if state.tag_sightings.is_due(key, &allowed.origin, now_ms) {
        let (state, key, origin) = (state.clone(), key.clone(), allowed.origin.clone());
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

pub fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    (!authority.is_empty()).then(|| format!("{scheme}://{authority}"))
}
