//! Where a shop's tag was seen: so that an owner knows that the line they pasted works.

use crate::domain::allowed_origin::OriginRule;
use crate::time::clock::SECOND_MS;
use shared::ids::ShopKey;
use std::collections::HashMap;
use std::sync::Mutex;

/// How often one place is written down at most: a shop with many visitors must not write for each of them.
const EVERY_MS: i64 = 10 * SECOND_MS;

/// The most places that are remembered; past that all are forgotten, and each is written down once more.
const PLACES_MAX: usize = 10_000;

/// When each place was last written down.
#[derive(Default)]
pub struct TagSightings(Mutex<HashMap<(ShopKey, String), i64>>);

impl TagSightings {
    /// Whether it is time to write this place down (again); if so, it counts as written.
    pub(crate) fn is_due(&self, key: &ShopKey, origin: &OriginRule, now_ms: i64) -> bool {
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
