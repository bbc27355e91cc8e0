//! Where a shop's tag was seen: so that an owner knows that the line they pasted works.

use crate::db::{DbError, shops};
use crate::domain::allowed_origin::OriginRule;
use crate::state::House;
use crate::time::clock::SECOND_MS;
use actix_web::web::Data;
use shared::ids::ShopKey;
use std::collections::HashMap;
use std::sync::Mutex;

/// How often one place is written down at most: a shop with many visitors must not write for each of them.
const EVERY_MS: i64 = 10 * SECOND_MS;

/// The most places that are remembered; past that all are forgotten, and each is written down once more.
const PLACES_MAX: usize = 10_000;

/// When each place was last written down.
#[derive(Default)]
pub struct Sightings(Mutex<HashMap<(ShopKey, String), i64>>);

impl Sightings {
    /// Whether it is time to write this place down (again); if so, it counts as written.
    fn is_due(&self, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> bool {
        let mut written = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if written.len() > PLACES_MAX {
            written.clear();
        }
        let last = written.entry((key.clone(), origin.as_str().to_owned())).or_insert(i64::MIN);
        let due = now_ms.saturating_sub(*last) >= EVERY_MS;
        if due {
            *last = now_ms;
        }
        due
    }
}

/// Writes down that the tag was asked for by a page of this origin, if it may stand there. The page gets its loader
/// meanwhile: it must not wait for a database that has no time.
pub fn note(house: &Data<House>, key: &ShopKey, places: &[shops::Place], origin: &str) {
    let Some(place) = places.iter().find(|p| p.origin.allows(origin)) else { return };
    let now_ms = house.clock.now_ms();
    if house.sightings.is_due(key, &place.origin, now_ms) {
        let (house, key, origin) = (house.clone(), key.clone(), place.origin.clone());
        actix_web::rt::spawn(async move {
            if let Err(cause) = write(&house, &key, &origin, now_ms).await {
                tracing::warn!(%cause, "where a tag was seen could not be written down");
            }
        });
    }
}

async fn write(house: &House, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> Result<(), DbError> {
    let mut tx = house.db.begin().await?;
    shops::seen(&mut tx, key, origin, now_ms).await?;
    tx.commit().await
}

/// The origin of an address such as a `Referer`.
pub fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    (!authority.is_empty()).then(|| format!("{scheme}://{authority}"))
}
