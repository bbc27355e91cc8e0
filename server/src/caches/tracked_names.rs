//! Which pages, products and reasons of a shop have counters of their own. Anyone can invent further names, so the
//! first five hundred of a metric have their own counters, and later ones share one. Several collectors each admit
//! names they have not loaded yet, so that there may be a few more.
//!
//! `tableside counts rebuild --names` chooses again the five hundred that were named most in a year.

use crate::caches::ttl_map::TtlMap;
use crate::db::{Db, counter_queries};
use crate::domain::counters::Metric;
use crate::domain::reason::SOMETHING_ELSE;
use crate::error::AppError;
use shared::ids::ShopKey;
use std::collections::HashSet;

/// Names of a metric that a shop's counters tell apart.
pub const NAMES_MAX: usize = 500;
/// The key that all other names share.
pub const OTHERS: &str = "*";
/// Names in memory, of all shops.
const REMEMBERED_MAX: usize = 200_000;
/// Admitted names do not expire, so the instant of a lookup does not matter.
const NEVER_EXPIRES_MS: i64 = i64::MAX;
const ANY_INSTANT_MS: i64 = 0;

pub struct TrackedNames(TtlMap<(ShopKey, Metric), HashSet<String>>);

impl Default for TrackedNames {
    fn default() -> Self {
        Self(TtlMap::weighed(REMEMBERED_MAX, NEVER_EXPIRES_MS, |names| names.len() as u64))
    }
}

impl TrackedNames {
    /// The key a name is counted under: itself or [`OTHERS`]; empty for none.
    pub async fn resolve(
        &self,
        db: &Db,
        shop: &ShopKey,
        what: Metric,
        name: &str,
    ) -> Result<String, AppError> {
        if name.is_empty() {
            return Ok(String::new());
        }
        let key = (shop.clone(), what);
        if let Some(counted) = self.0.update(&key, ANY_INSTANT_MS, |known| admit(known, name)) {
            return Ok(counted);
        }
        let names = counter_queries::names(db, shop, what).await?;
        // Another request may have loaded the names meanwhile, and admitted more since.
        Ok(self.0.upsert(key, ANY_INSTANT_MS, |known| {
            known.extend(names);
            admit(known, name)
        }))
    }

    /// The reasons to store of those a visitor picked, of which `listed` are on the shop's list. Others are stored
    /// too, since the page may be older than the list; but once a shop has five hundred, they are invented, and
    /// further ones become [`SOMETHING_ELSE`].
    pub async fn reasons(
        &self,
        db: &Db,
        shop: &ShopKey,
        listed: &[String],
        picked: Vec<String>,
    ) -> Result<Vec<String>, AppError> {
        let mut stored = Vec::with_capacity(picked.len());
        for code in picked {
            let is_counted =
                listed.contains(&code) || self.resolve(db, shop, Metric::Reason, &code).await? != OTHERS;
            let code = if is_counted { code } else { SOMETHING_ELSE.to_owned() };
            if !stored.contains(&code) {
                stored.push(code);
            }
        }
        Ok(stored)
    }
}

/// Admits the name if there is room.
fn admit(known: &mut HashSet<String>, name: &str) -> String {
    if !known.contains(name) {
        if known.len() >= NAMES_MAX {
            return OTHERS.to_owned();
        }
        known.insert(name.to_owned());
    }
    name.to_owned()
}
