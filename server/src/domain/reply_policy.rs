//! What a shop has decided and measured about its answers, as far as it says when something is due.

use crate::domain::opening_hours::OpeningHours;
use crate::domain::shop_settings::ShopSettings;
use crate::time::zone::ShopZone;

/// What is promised inwardly where nothing was measured yet: four hours of opening time.
const UNMEASURED_OPEN_MS: i64 = 4 * 3_600_000;

/// The rules of one shop.
#[derive(Debug, Clone)]
pub struct ReplyPolicy {
    /// When it is open.
    pub hours: OpeningHours,
    /// Where its clocks are.
    pub days: ShopZone,
    /// Within how much opening time a visitor gets an answer, in milliseconds.
    pub promise_open_ms: i64,
    /// Whether its people are reminded.
    pub reminds: bool,
}

impl ReplyPolicy {
    /// The rules of a shop with these settings that keeps this promise, if it has one.
    pub fn from_settings(settings: &ShopSettings, promise_open_ms: Option<i64>) -> Self {
        Self {
            hours: settings.hours.clone(),
            days: ShopZone::from_name(&settings.time_zone),
            promise_open_ms: promise_open_ms.unwrap_or(UNMEASURED_OPEN_MS),
            reminds: settings.reminds,
        }
    }

    /// When this part of the promised time (1.0 for all of it) is over for somebody who waits since an instant; `None` if
    /// the shop does not open for a year.
    pub fn due_at_ms(&self, since_ms: i64, part: f64) -> Option<i64> {
        let open_ms = (self.promise_open_ms as f64 * part) as i64;
        self.hours.after_open(since_ms, open_ms, &self.days)
    }
}
