//! Counts how often visitors were asked by a trigger, and how often they dismissed it.
//!
//! Far more visitors are asked than answer, and none of them waits for this. So the counts are summed in memory, and
//! `tasks/check_in_flush.rs` writes them every two seconds. A collector that is killed loses those of the last
//! seconds.

use crate::domain::check_in::CheckInTotals;
use shared::check_in::CheckIn;
use shared::ids::ShopKey;
use shared::moment::Moment;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Sums kept at a time; check-ins that would need more are not counted.
const SUMS_MAX: usize = 20_000;

/// Shop, local day and moment.
pub(crate) type CheckInKey = (ShopKey, i32, Moment);

#[derive(Default)]
pub struct CheckInCounter(Mutex<HashMap<CheckInKey, CheckInTotals>>);

impl CheckInCounter {
    pub(crate) fn record(&self, key: CheckInKey, what: CheckIn) {
        self.add(
            key,
            match what {
                CheckIn::Shown => CheckInTotals { shown: 1, dismissed: 0 },
                CheckIn::Dismissed => CheckInTotals { shown: 0, dismissed: 1 },
            },
        );
    }

    pub(crate) fn add(&self, key: CheckInKey, by: CheckInTotals) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < SUMS_MAX || all.contains_key(&key) {
            let sum = all.entry(key).or_default();
            sum.shown += by.shown;
            sum.dismissed += by.dismissed;
        }
    }

    pub(crate) fn drain(&self) -> HashMap<CheckInKey, CheckInTotals> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop_and_day(shop: &str, day: i32) -> CheckInKey {
        (ShopKey::parse(shop).unwrap(), day, Moment::MidJourney)
    }

    #[test]
    fn check_ins_are_summed_up_and_drained_once() {
        let counter = CheckInCounter::default();
        let one = shop_and_day("abcdefghjk", 20_000);
        for what in [CheckIn::Shown, CheckIn::Shown, CheckIn::Dismissed] {
            counter.record(one.clone(), what);
        }
        assert_eq!(counter.drain(), HashMap::from([(one, CheckInTotals { shown: 2, dismissed: 1 })]));
        assert!(counter.drain().is_empty());
    }

    #[test]
    fn made_up_days_do_not_fill_the_memory() {
        let counter = CheckInCounter::default();
        (0..30_000).for_each(|day| counter.record(shop_and_day("abcdefghjk", day), CheckIn::Shown));
        counter.record(shop_and_day("abcdefghjk", 0), CheckIn::Shown);
        let all = counter.drain();
        assert_eq!((all.len(), all[&shop_and_day("abcdefghjk", 0)].shown), (SUMS_MAX, 2));
    }
}
