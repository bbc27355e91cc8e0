//! Reply statistics of shops, measured again every few seconds at most: every question shows the promise, and it
//! rarely changes.

use crate::caches::ttl_map::TtlMap;
use crate::db::shops::Shop;
use crate::db::{Db, reply_times};
use crate::domain::promise::{MEASURED_DAYS, PendingReply, ReplyStatistics, current_promise};
use crate::domain::promise_text::{PromiseText, format_promise};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::time::clock::{DAY_MS, HOUR_MS, SECOND_MS};
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;
use shared::wire::WirePromise;
use shared::words::Language;
use std::sync::Arc;

const LIFETIME_MS: i64 = 15 * SECOND_MS;
const SHOPS_MAX: usize = 10_000;
/// How long a loaded page may show the same promise at most, since the queue changes.
const VALID_MAX_MS: i64 = 6 * HOUR_MS;

pub struct PromiseCache(TtlMap<ShopKey, Arc<ReplyStatistics>>);

impl Default for PromiseCache {
    fn default() -> Self {
        Self(TtlMap::new(SHOPS_MAX, LIFETIME_MS))
    }
}

impl PromiseCache {
    pub async fn statistics(
        &self,
        db: &Db,
        shop: &Shop,
        now_ms: i64,
    ) -> Result<Arc<ReplyStatistics>, AppError> {
        if let Some(statistics) = self.0.get(&shop.key, now_ms) {
            return Ok(statistics);
        }
        let statistics = Arc::new(measure(db, shop, now_ms).await?);
        self.0.insert(shop.key.clone(), statistics.clone(), now_ms);
        Ok(statistics)
    }

    /// The promised reply time in milliseconds of opening hours; `None` if nothing is promised.
    pub async fn open_ms(&self, db: &Db, shop: &Shop, now_ms: i64) -> Result<Option<i64>, AppError> {
        let (statistics, settings) = (self.statistics(db, shop, now_ms).await?, &shop.settings);
        let promise = statistics.promise(&settings.hours, at_least_ms(settings));
        Ok(promise.map(|within| within.open_ms(settings.hours.open_day_ms())))
    }
}

async fn measure(db: &Db, shop: &Shop, now_ms: i64) -> Result<ReplyStatistics, AppError> {
    let (hours, zone) = (&shop.settings.hours, ShopZone::from_name(&shop.settings.time_zone));
    let since_ms = now_ms - MEASURED_DAYS * DAY_MS;
    let answered = reply_times::list(db, &shop.key, since_ms).await?;
    let waits = |(since_ms, answered_at_ms): (i64, Option<i64>)| PendingReply {
        open_ms: hours.open_between(since_ms, now_ms, &zone),
        is_first: answered_at_ms.is_none(),
    };
    let waiting = reply_times::waiting(db, &shop.key, since_ms).await?;
    let waiting: Vec<PendingReply> = waiting.into_iter().map(waits).collect();
    Ok(ReplyStatistics::of(answered, &waiting, hours.open_between(since_ms, now_ms, &zone)))
}

fn at_least_ms(settings: &ShopSettings) -> i64 {
    i64::from(settings.promise_at_least_hours) * HOUR_MS
}

/// The promise at this instant, and for how many milliseconds it stays true.
pub fn promise_text(
    statistics: &ReplyStatistics,
    settings: &ShopSettings,
    now_ms: i64,
    language: Language,
) -> Option<(PromiseText, i64)> {
    let (hours, zone) = (&settings.hours, ShopZone::from_name(&settings.time_zone));
    let (promise, true_until_ms) = current_promise(statistics, hours, at_least_ms(settings), &zone, now_ms)?;
    let text = format_promise(promise, hours, &zone, &settings.time_zone, now_ms, language);
    Some((text, (true_until_ms - now_ms).min(VALID_MAX_MS)))
}

pub fn to_wire(
    statistics: &ReplyStatistics,
    settings: &ShopSettings,
    now_ms: i64,
    language: Language,
) -> Option<WirePromise> {
    let (PromiseText { head, more, is_slow }, for_ms) = promise_text(statistics, settings, now_ms, language)?;
    Some(WirePromise { head, more, is_slow, for_ms: u32::try_from(for_ms).unwrap_or(0) })
}
