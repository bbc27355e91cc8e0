//! When a shop's tag was last recorded at each origin, so that a shop with many visitors does not write for each of
//! them.

use crate::caches::ttl_map::TtlMap;
use crate::domain::allowed_origin::OriginRule;
use crate::time::clock::SECOND_MS;
use shared::ids::ShopKey;

const RECORD_EVERY_MS: i64 = 10 * SECOND_MS;

/// An evicted origin is merely recorded again.
const ORIGINS_MAX: usize = 10_000;

pub struct TagSightings(TtlMap<(ShopKey, String), ()>);

impl Default for TagSightings {
    fn default() -> Self {
        Self(TtlMap::new(ORIGINS_MAX, RECORD_EVERY_MS))
    }
}

impl TagSightings {
    /// Whether this origin should be recorded (again); if so, it counts as recorded.
    pub(crate) fn is_due(&self, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> bool {
        self.0.insert_if_absent((key.clone(), origin.as_str().to_owned()), (), now_ms)
    }
}
