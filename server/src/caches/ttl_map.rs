//! A bounded map whose entries expire.
//!
//! The instant is an argument. A full map evicts the least used entries.

use quick_cache::unsync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, OptionsBuilder, Weighter};
use std::hash::{Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

struct WeighBy<V>(fn(&V) -> u64);

impl<V> Clone for WeighBy<V> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

struct Entry<V> {
    value: V,
    since_ms: i64,
}

impl<K, V> Weighter<K, Entry<V>> for WeighBy<V> {
    fn weight(&self, _: &K, entry: &Entry<V>) -> u64 {
        (self.0)(&entry.value).max(1)
    }
}

type Entries<K, V> = Cache<K, Entry<V>, WeighBy<V>, RandomState, DefaultLifecycle<K, Entry<V>>>;

pub(crate) struct TtlMap<K, V> {
    entries: Mutex<Entries<K, V>>,
    lifetime_ms: i64,
}

impl<K: Eq + Hash, V: Clone> TtlMap<K, V> {
    pub(crate) fn new(max: usize, lifetime_ms: i64) -> Self {
        Self::weighed(max, lifetime_ms, |_| 1)
    }

    pub(crate) fn weighed(max: usize, lifetime_ms: i64, weigh: fn(&V) -> u64) -> Self {
        let options = OptionsBuilder::new().estimated_items_capacity(max).weight_capacity(max as u64).build();
        let options = options.expect("both capacities are given");
        let entries =
            Cache::with_options(options, WeighBy(weigh), RandomState::new(), DefaultLifecycle::default());
        Self { entries: Mutex::new(entries), lifetime_ms }
    }

    pub(crate) fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q, now_ms: i64) -> Option<V> {
        let entries = self.entries();
        let entry = entries.get(key).filter(|entry| self.counts(entry, now_ms))?;
        Some(entry.value.clone())
    }

    pub(crate) fn insert(&self, key: K, value: V, now_ms: i64) {
        self.entries().insert(key, Entry { value, since_ms: now_ms });
    }

    /// `false` if the key has a value that has not expired.
    pub(crate) fn insert_if_absent(&self, key: K, value: V, now_ms: i64) -> bool {
        let mut entries = self.entries();
        let is_absent = !entries.get(&key).is_some_and(|entry| self.counts(entry, now_ms));
        if is_absent {
            entries.insert(key, Entry { value, since_ms: now_ms });
        }
        is_absent
    }

    /// Applies `change` to the value, unless it has expired.
    pub(crate) fn update<Q: Hash + Equivalent<K> + ?Sized, T>(
        &self,
        key: &Q,
        now_ms: i64,
        change: impl FnOnce(&mut V) -> T,
    ) -> Option<T> {
        let mut entries = self.entries();
        let mut entry = entries.get_mut(key).filter(|entry| self.counts(entry, now_ms))?;
        let made = change(&mut entry.value);
        drop(entry);
        // The library evicts when an entry is inserted, but not when one has grown.
        if entries.weight() > entries.capacity()
            && let Some((key, grown)) = entries.remove(key)
        {
            entries.insert(key, grown);
        }
        Some(made)
    }

    /// Applies `change` to the value, or to a default one if it has expired.
    pub(crate) fn upsert<T>(&self, key: K, now_ms: i64, change: impl FnOnce(&mut V) -> T) -> T
    where
        V: Default,
    {
        let mut entries = self.entries();
        let known = entries.remove(&key).map(|(_, entry)| entry).filter(|entry| self.counts(entry, now_ms));
        let mut entry = known.unwrap_or_else(|| Entry { value: V::default(), since_ms: now_ms });
        let made = change(&mut entry.value);
        entries.insert(key, entry);
        made
    }

    /// An entry from the future was made before the clock was set back; it counts as expired, since it would live too
    /// long.
    fn counts(&self, entry: &Entry<V>, now_ms: i64) -> bool {
        (0..self.lifetime_ms).contains(&now_ms.saturating_sub(entry.since_ms))
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K, V>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_entry_counts_for_its_lifetime_and_not_before_it_was_made() {
        let map = TtlMap::new(10, 1_000);
        map.insert("kiln", 1, 5_000);
        let found = [4_999, 5_000, 5_999, 6_000].map(|now_ms| map.get("kiln", now_ms));
        assert_eq!(found, [None, Some(1), Some(1), None]);
        assert_eq!(map.get("oak", 5_000), None);
    }

    #[test]
    fn a_key_is_taken_once_in_a_lifetime() {
        let map = TtlMap::new(10, 1_000);
        let taken = [0, 1, 999, 1_000, 1_001].map(|now_ms| map.insert_if_absent("kiln", (), now_ms));
        assert_eq!(taken, [true, false, false, true, false]);
    }

    #[test]
    fn a_full_map_forgets_some_and_keeps_what_is_asked_for() {
        let map = TtlMap::new(100, 1_000);
        map.insert(0, 0, 0);
        for n in 1..1_000 {
            assert_eq!(map.get(&0, 0), Some(0), "asked for all the time, and forgotten after {n}");
            map.insert(n, n, 0);
        }
        let kept = (0..1_000).filter(|n| map.get(n, 0).is_some()).count();
        assert!((50..=100).contains(&kept), "{kept}");
    }

    proptest! {
        #[test]
        fn values_that_grow_stay_within_the_size_together(
            steps in proptest::collection::vec((0u8..20, 0usize..30), 0..300),
        ) {
            let map = TtlMap::weighed(100, 1_000, |names: &Vec<usize>| names.len() as u64);
            for (key, name) in steps {
                if map.update(&key, 0, |names| names.push(name)).is_none() {
                    map.upsert(key, 0, |names| names.resize(name, name));
                }
                let all: usize = (0..20).filter_map(|key| map.get(&key, 0)).map(|names| names.len()).sum();
                prop_assert!(all <= 100, "{all}");
            }
        }
    }
}
