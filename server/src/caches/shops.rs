//! Which shops there are, remembered for a moment: every response asks, and the answer hardly ever changes.

use crate::db::{Db, shops};
use crate::domain::shop_settings::ContactPerson;
use crate::error::AppError;
use crate::time::clock::SECOND_MS;
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a shop is taken to be as it was.
const FRESH_MS: i64 = 2 * SECOND_MS;
/// The most shops that are remembered; past that all are forgotten, and asked for again.
const KNOWN_MAX: usize = 10_000;

/// What a response needs to know of its shop.
pub struct CachedShop {
    /// The shop's own days.
    pub days: ShopZone,
    /// Who asks.
    pub person: ContactPerson,
    /// The codes of the reasons that it offers.
    pub reasons: Vec<String>,
    looked_up_at_ms: i64,
}

/// The shops that were asked for lately.
#[derive(Default)]
pub struct ShopCache(Mutex<HashMap<ShopKey, Arc<CachedShop>>>);

impl ShopCache {
    /// The shop with this key, as it was at most two seconds ago.
    ///
    /// # Errors
    /// What the database says.
    pub async fn find(
        &self,
        db: &Db,
        key: &ShopKey,
        now_ms: i64,
    ) -> Result<Option<Arc<CachedShop>>, AppError> {
        if let Some(known) = self.fresh(key, now_ms) {
            return Ok(Some(known));
        }
        let Some(shop) = shops::find(db, key).await? else { return Ok(None) };
        let settings = shop.settings;
        let known = Arc::new(CachedShop {
            days: ShopZone::from_name(&settings.time_zone),
            person: settings.person,
            reasons: settings.reasons.into_iter().map(|reason| reason.code).collect(),
            looked_up_at_ms: now_ms,
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KNOWN_MAX {
            all.clear();
        }
        all.insert(key.clone(), known.clone());
        Ok(Some(known))
    }

    fn fresh(&self, key: &ShopKey, now_ms: i64) -> Option<Arc<CachedShop>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key).filter(|known| (0..FRESH_MS).contains(&(now_ms - known.looked_up_at_ms))).cloned()
    }
}
