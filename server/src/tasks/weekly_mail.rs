//! Puts the weekly mail into the outbox, on Monday at eight in the shop's time zone, once for each member who wants it.

use crate::db::outbox;
use crate::db::{members, shops, weekly_mail};
use crate::domain::mail::{MailKind, NewMail};
use crate::error::AppError;
use crate::smtp::MailRoute;
use crate::state::AppState;
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;

const HOUR: i8 = 8;
/// The last weekday on which a late mail still goes out, with Monday as 0.
const LAST_WEEKDAY: i32 = 1;
const SHOPS_MAX: i64 = 200;

/// An error in one shop does not stop the others.
pub(crate) async fn enqueue_due(state: &AppState, now_ms: i64) -> Result<(), AppError> {
    for (key, planned_ms) in weekly_mail::list_due(&state.db, now_ms, SHOPS_MAX).await? {
        if let Err(failure) = schedule_shop(state, &key, planned_ms, now_ms).await {
            failure.log();
        }
    }
    Ok(())
}

async fn schedule_shop(
    state: &AppState,
    key: &ShopKey,
    planned_ms: Option<i64>,
    now_ms: i64,
) -> Result<(), AppError> {
    let db = &state.db;
    let Some(shop) = shops::find(db, key).await? else { return Ok(()) };
    let zone = ShopZone::from_name(&shop.settings.time_zone);
    // A shop without a mail server skips the week; its mails would be old once it had one.
    let is_sent = planned_ms.is_some()
        && is_its_time(&zone, now_ms)
        && !matches!(state.mail_config.route(db, key).await?, MailRoute::NotConfigured);
    let readers = if is_sent { members::list(db, key).await? } else { Vec::new() };
    let mut tx = db.begin().await?;
    if weekly_mail::reschedule(&mut tx, key, planned_ms, next_at_ms(&zone, now_ms)).await? {
        for person in readers.into_iter().filter(|person| person.gets_weekly) {
            let mail = NewMail {
                id: state.random.mail_id(now_ms),
                kind: MailKind::Weekly,
                response: String::new(),
                message: monday(&zone, now_ms).to_string(),
                person: person.id,
                address: person.email,
            };
            outbox::insert(&mut tx, key, &mail, now_ms).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The Monday of the shop's current week, in days since 1970-01-01.
fn monday(zone: &ShopZone, now_ms: i64) -> i32 {
    zone.number(now_ms) - zone.hour_of_week(now_ms) / 24
}

/// Whether it is a time at which the mail about last week goes out.
fn is_its_time(zone: &ShopZone, now_ms: i64) -> bool {
    let hour_of_week = zone.hour_of_week(now_ms);
    hour_of_week >= i32::from(HOUR) && hour_of_week / 24 <= LAST_WEEKDAY
}

/// The next Monday at eight: Unix milliseconds, UTC.
fn next_at_ms(zone: &ShopZone, now_ms: i64) -> i64 {
    let this_week = ShopZone::date_from_number(monday(zone, now_ms));
    let at_ms = zone.at_hour_ms(this_week, HOUR);
    if at_ms > now_ms { at_ms } else { zone.at_hour_ms(ShopZone::before(this_week, -7), HOUR) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::clock::{DAY_MS, HOUR_MS};
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_week_ends_on_the_shops_own_monday_at_eight() {
        for (name, now, next, is_time) in [
            ("UTC", "2026-11-22T23:59:00Z", "2026-11-23T08:00:00Z", false),
            ("UTC", "2026-11-23T07:59:59Z", "2026-11-23T08:00:00Z", false),
            ("UTC", "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z", true),
            ("UTC", "2026-11-24T23:59:00Z", "2026-11-30T08:00:00Z", true),
            ("UTC", "2026-11-25T00:00:00Z", "2026-11-30T08:00:00Z", false),
            // It is Monday in Auckland while it is Sunday in Greenwich, and Sunday in Los Angeles while it is Monday there.
            ("Pacific/Auckland", "2026-11-22T19:00:00Z", "2026-11-29T19:00:00Z", true),
            ("America/Los_Angeles", "2026-11-23T15:59:00Z", "2026-11-23T16:00:00Z", false),
            // The clocks go back in between.
            ("Europe/Berlin", "2026-10-19T06:00:00Z", "2026-10-26T07:00:00Z", true),
        ] {
            let zone = ShopZone::from_name(name);
            assert_eq!(next_at_ms(&zone, at(now)), at(next), "{name} {now}");
            assert_eq!(is_its_time(&zone, at(now)), is_time, "{name} {now}");
        }
        assert_eq!(
            monday(&ShopZone::from_name("UTC"), at("2026-11-24T10:00:00Z")),
            ShopZone::from_name("UTC").number(at("2026-11-23T10:00:00Z"))
        );
    }

    proptest! {
        #[test]
        fn the_next_one_is_ahead_within_a_week_and_its_time_when_it_comes(
            now_ms in 0i64..4_000_000_000_000,
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Pacific/Chatham", "America/Caracas", "Australia/Lord_Howe"]),
        ) {
            let zone = ShopZone::from_name(zone);
            let next_ms = next_at_ms(&zone, now_ms);
            prop_assert!(next_ms > now_ms && next_ms <= now_ms + 7 * DAY_MS + HOUR_MS);
            prop_assert!(is_its_time(&zone, next_ms));
        }
    }
}
