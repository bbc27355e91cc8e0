//! Which shops there are, remembered for a moment: every response asks, and the answer hardly ever changes.

use crate::caches::ttl_map::TtlMap;
use crate::db::{Db, shops};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::time::clock::SECOND_MS;
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;
use std::sync::Arc;

/// How long a shop is taken to be as it was.
const FRESH_MS: i64 = 2 * SECOND_MS;
/// The most shops that are remembered.
const KNOWN_MAX: usize = 10_000;

/// What a response needs to know of its shop.
pub struct CachedShop {
    /// The shop's own days.
    pub days: ShopZone,
    /// Who asks.
    pub person: ContactPerson,
    /// The codes of the reasons that it offers.
    pub reasons: Vec<String>,
}

/// The shops that were asked for lately.
pub struct ShopCache(TtlMap<ShopKey, Arc<CachedShop>>);

impl Default for ShopCache {
    fn default() -> Self {
        Self(TtlMap::new(KNOWN_MAX, FRESH_MS))
    }
}

impl ShopCache {
    /// The shop with this key, as it was at most two seconds ago.
    pub async fn find(
        &self,
        db: &Db,
        key: &ShopKey,
        now_ms: i64,
    ) -> Result<Option<Arc<CachedShop>>, AppError> {
        if let Some(known) = self.0.get(key, now_ms) {
            return Ok(Some(known));
        }
        let Some(shop) = shops::find(db, key).await? else { return Ok(None) };
        let settings = shop.settings;
        let known = Arc::new(CachedShop {
            days: ShopZone::from_name(&settings.time_zone),
            person: settings.person,
            reasons: settings.reasons.into_iter().map(|reason| reason.code).collect(),
        });
        self.0.insert(key.clone(), known.clone(), now_ms);
        Ok(Some(known))
    }
}
