//! Where a shop's tag was seen: so that an owner knows that the line they pasted works.

use crate::caches::ttl_map::TtlMap;
use crate::domain::allowed_origin::OriginRule;
use crate::time::clock::SECOND_MS;
use shared::ids::ShopKey;

/// How often one place is written down at most: a shop with many visitors must not write for each of them.
const EVERY_MS: i64 = 10 * SECOND_MS;

/// The most places that are remembered; one that was forgotten is written down once more.
const PLACES_MAX: usize = 10_000;

/// The places that were written down lately.
pub struct TagSightings(TtlMap<(ShopKey, String), ()>);

impl Default for TagSightings {
    fn default() -> Self {
        Self(TtlMap::new(PLACES_MAX, EVERY_MS))
    }
}

impl TagSightings {
    /// Whether it is time to write this place down (again); if so, it counts as written.
    pub(crate) fn is_due(&self, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> bool {
        self.0.insert_if_absent((key.clone(), origin.as_str().to_owned()), (), now_ms)
    }
}
