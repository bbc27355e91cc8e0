//! What decides when a shop's follow-ups are due.

use crate::domain::opening_hours::OpeningHours;
use crate::domain::shop_settings::ShopSettings;
use crate::time::zone::ShopZone;

/// The internal due time where nothing was measured yet.
const UNMEASURED_OPEN_MS: i64 = 4 * 3_600_000;

#[derive(Debug, Clone)]
pub struct ReplyPolicy {
    pub hours: OpeningHours,
    pub zone: ShopZone,
    /// Milliseconds of opening hours until a reply is due.
    pub promise_open_ms: i64,
    /// Whether members are reminded.
    pub reminds: bool,
}

impl ReplyPolicy {
    pub fn from_settings(settings: &ShopSettings, promise_open_ms: Option<i64>) -> Self {
        Self {
            hours: settings.hours.clone(),
            zone: ShopZone::from_name(&settings.time_zone),
            promise_open_ms: promise_open_ms.unwrap_or(UNMEASURED_OPEN_MS),
            reminds: settings.reminds,
        }
    }

    /// When this part of the promised time (1.0 for all of it) is over; `None` if the shop does not open for a year.
    pub fn due_at_ms(&self, since_ms: i64, part: f64) -> Option<i64> {
        let open_ms = (self.promise_open_ms as f64 * part) as i64;
        self.hours.after_open(since_ms, open_ms, &self.zone)
    }
}
