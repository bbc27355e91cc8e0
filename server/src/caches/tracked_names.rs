//! Which pages and products of a shop are counted by themselves. Shops have any number of pages, and anybody can invent more;
//! so the first five hundred names of a kind are counted by themselves, and all that come later together. With several
//! collectors each admits what it has not heard of yet, so that there may be a few more.
//!
//! `tableside counts rebuild --names` begins anew with the five hundred that were named most in a year.
//!
//! Reasons are bounded before they are stored, since an honest shop never has so many.

use crate::db::{Db, counter_queries};
use crate::domain::counters::Metric;
use crate::domain::reason::SOMETHING_ELSE;
use crate::error::AppError;
use shared::ids::ShopKey;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// The most names of a kind that a shop's counts tell apart.
pub const NAMES_MAX: usize = 500;
/// What all others are counted under.
pub const OTHERS: &str = "*";
/// The most names that are remembered, of all shops; past that all are forgotten, and asked for again.
const REMEMBERED_MAX: usize = 200_000;

type Names = HashMap<(ShopKey, Metric), HashSet<String>>;

/// The names that are counted by themselves.
#[derive(Default)]
pub struct TrackedNames(Mutex<Names>);

impl TrackedNames {
    /// What a page or a product is counted under: its own name or [`OTHERS`]; empty for none.
    ///
    /// # Errors
    /// What the database says.
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
        if let Some(counted) = self.known(shop, what, name) {
            return Ok(counted);
        }
        let names = counter_queries::names(db, shop, what).await?;
        {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if all.values().map(HashSet::len).sum::<usize>() > REMEMBERED_MAX {
                all.clear();
            }
            // Somebody else may have asked meanwhile, and have admitted more since.
            all.entry((shop.clone(), what)).or_default().extend(names);
        }
        Ok(self.known(shop, what, name).unwrap_or_else(|| OTHERS.to_owned()))
    }

    /// The reasons to store of those that a visitor picked, of which `listed` are on the shop's list. Others are taken, too,
    /// since the page may be older than the list; but once a shop has five hundred, somebody invents them, and any more are
    /// [`SOMETHING_ELSE`].
    ///
    /// # Errors
    /// What the database says.
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

    /// What a name is counted under, if the shop's names are known.
    fn known(&self, shop: &ShopKey, what: Metric, name: &str) -> Option<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let names = all.get_mut(&(shop.clone(), what))?;
        if !names.contains(name) {
            if names.len() >= NAMES_MAX {
                return Some(OTHERS.to_owned());
            }
            names.insert(name.to_owned());
        }
        Some(name.to_owned())
    }
}
