//! Shops, remembered for a moment: every response needs one, and they rarely change.

use crate::caches::ttl_map::TtlMap;
use crate::db::{Db, shops};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::time::clock::SECOND_MS;
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;
use std::sync::Arc;

const LIFETIME_MS: i64 = 2 * SECOND_MS;
const SHOPS_MAX: usize = 10_000;

/// What storing a response needs to know of its shop.
pub struct CachedShop {
    pub zone: ShopZone,
    pub person: ContactPerson,
    /// Codes of the reasons on the shop's list.
    pub reasons: Vec<String>,
}

pub struct ShopCache(TtlMap<ShopKey, Arc<CachedShop>>);

impl Default for ShopCache {
    fn default() -> Self {
        Self(TtlMap::new(SHOPS_MAX, LIFETIME_MS))
    }
}

impl ShopCache {
    /// The shop as it was at most two seconds ago.
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
            zone: ShopZone::from_name(&settings.time_zone),
            person: settings.person,
            reasons: settings.reasons.into_iter().map(|reason| reason.code).collect(),
        });
        self.0.insert(key.clone(), known.clone(), now_ms);
        Ok(Some(known))
    }
}
