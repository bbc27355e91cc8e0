//! A rate limiter with bounded memory.

use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, PoisonError};

const GROUPS: usize = 16_384;
const SLOTS_PER_GROUP: usize = 4;
/// Groups that share a lock.
const GROUPS_PER_LOCK: usize = 256;

/// The allowance of one key, as the instant at which all of it will be available again. Source: the generic cell rate
/// algorithm, ITU-T I.371.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    whole_again_at_us: i64,
}

/// Tells 65,536 keys apart, in one MiB.
pub(crate) struct GcraTable {
    /// Allocated when the first key comes that belongs there: a collector without visitors needs no memory for them.
    groups: Vec<Mutex<Vec<[Slot; SLOTS_PER_GROUP]>>>,
    /// Seeded at every start, so that an attacker cannot choose addresses that share a slot.
    hasher: std::hash::RandomState,
    step_us: i64,
}

const MINUTE_US: i64 = 60_000_000;

impl GcraTable {
    /// Allows so many a minute (at least one), also all at once.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self {
            groups: (0..GROUPS / GROUPS_PER_LOCK).map(|_| Mutex::default()).collect(),
            hasher: std::hash::RandomState::new(),
            step_us: MINUTE_US / i64::from(per_minute.max(1)),
        }
    }

    /// `false` if the allowance of the key is used up.
    ///
    /// If every slot of a group is in use, a new key shares the least used one: it may be refused for what others
    /// did, but no limit opens because too many keys came.
    pub(crate) fn try_acquire(&self, key: &impl Hash, now_ms: i64) -> bool {
        let key = self.hasher.hash_one(key) | 1;
        let now_us = now_ms.saturating_mul(1_000);
        let group_index = usize::try_from(key >> 32).unwrap_or_default() % GROUPS;
        let mut locked =
            self.groups[group_index / GROUPS_PER_LOCK].lock().unwrap_or_else(PoisonError::into_inner);
        if locked.is_empty() {
            locked.resize(GROUPS_PER_LOCK, [Slot::default(); SLOTS_PER_GROUP]);
        }
        let group = &mut locked[group_index % GROUPS_PER_LOCK];
        let found = group.iter().position(|p| p.key == key);
        let i = found
            .unwrap_or_else(|| (0..SLOTS_PER_GROUP).min_by_key(|i| group[*i].whole_again_at_us).unwrap_or(0));
        if found.is_none() && group[i].whole_again_at_us <= now_us {
            group[i] = Slot { key, whole_again_at_us: now_us };
        }
        let next_us = group[i].whole_again_at_us.max(now_us) + self.step_us;
        // A clock that was set back must not lock a key out for longer than a minute.
        let is_allowed = next_us - now_us <= MINUTE_US;
        if is_allowed || next_us - now_us > 2 * MINUTE_US {
            group[i].whole_again_at_us = next_us.min(now_us + MINUTE_US);
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_as_many_as_allowed_pass_at_once_and_then_one_by_one() {
        let table = GcraTable::new(50);
        assert_eq!((0..200).filter(|_| table.try_acquire(&"a", 1_000)).count(), 50);
        assert!(table.try_acquire(&"b", 1_000), "another is not concerned");
        assert!(!table.try_acquire(&"a", 2_000));
        assert!(table.try_acquire(&"a", 2_200), "a fiftieth of a minute later one more passes");
        assert!(!table.try_acquire(&"a", 2_200));
        assert_eq!((0..200).filter(|_| table.try_acquire(&"a", 70_000)).count(), 50, "a minute later all do");
    }

    #[test]
    fn limits_hold_however_many_come() {
        let table = GcraTable::new(2);
        for n in 0..1_000_000u32 {
            table.try_acquire(&n, 1_000);
        }
        let passed = (0..10).filter(|_| table.try_acquire(&"late comer", 1_000)).count();
        assert!(passed <= 2, "{passed} passed");
        assert!(table.try_acquire(&"late comer", 62_000), "and nobody is shut out for ever");
    }

    #[test]
    fn a_clock_that_is_set_back_locks_no_key_out_for_long() {
        let table = GcraTable::new(1);
        assert!(table.try_acquire(&"a", 100_000_000));
        assert!(!table.try_acquire(&"a", 1_000));
        assert!(table.try_acquire(&"a", 62_000));
    }
}
