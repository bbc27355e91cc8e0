//! Which pages and products of a shop are counted by themselves. Shops have any number of pages, and anybody can invent more;
//! so the first five hundred names of a kind are counted by themselves, and all that come later together. With several
//! collectors each admits what it has not heard of yet, so that there may be a few more.
//!
//! `tableside counts rebuild --names` begins anew with the five hundred that were named most in a year.
//!
//! Reasons are bounded before they are stored, since an honest shop never has so many.

use crate::caches::ttl_map::TtlMap;
use crate::db::{Db, counter_queries};
use crate::domain::counters::Metric;
use crate::domain::reason::SOMETHING_ELSE;
use crate::error::AppError;
use shared::ids::ShopKey;
use std::collections::HashSet;

/// The most names of a kind that a shop's counts tell apart.
pub const NAMES_MAX: usize = 500;
/// What all others are counted under.
pub const OTHERS: &str = "*";
/// The most names that are remembered, of all shops.
const REMEMBERED_MAX: usize = 200_000;
/// A name stays counted by itself, so what is remembered does not age and the instant of a look does not matter.
const AGELESS_MS: i64 = i64::MAX;
const ANY_INSTANT_MS: i64 = 0;

/// The names that are counted by themselves.
pub struct TrackedNames(TtlMap<(ShopKey, Metric), HashSet<String>>);

impl Default for TrackedNames {
    fn default() -> Self {
        Self(TtlMap::weighed(REMEMBERED_MAX, AGELESS_MS, |names| names.len() as u64))
    }
}

impl TrackedNames {
    /// What a page or a product is counted under: its own name or [`OTHERS`]; empty for none.
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
        // Another request may have asked meanwhile, and have admitted more since.
        Ok(self.0.upsert(key, ANY_INSTANT_MS, |known| {
            known.extend(names);
            admit(known, name)
        }))
    }

    /// The reasons to store of those that a visitor picked, of which `listed` are on the shop's list. Others are taken, too,
    /// since the page may be older than the list; but once a shop has five hundred, somebody invents them, and any more are
    /// [`SOMETHING_ELSE`].
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

/// What a name is counted under beside those that are known; it is one of them from now on if there is room.
fn admit(known: &mut HashSet<String>, name: &str) -> String {
    if !known.contains(name) {
        if known.len() >= NAMES_MAX {
            return OTHERS.to_owned();
        }
        known.insert(name.to_owned());
    }
    name.to_owned()
}
