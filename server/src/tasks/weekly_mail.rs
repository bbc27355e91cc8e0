//! The weekly mail: put in the post for everybody who wants it, on Monday at eight in the shop's own time, once.

use crate::db::outbox;
use crate::db::{members, shops, weekly_mail};
use crate::domain::mail::{MailKind, NewMail};
use crate::error::AppError;
use crate::smtp::MailRoute;
use crate::state::AppState;
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;

/// The hour of the shop's Monday at which it is put in the post.
const HOUR: i8 = 8;
/// Up to this day of the week it still is, counted from Monday as 0, if nobody was there to do it at eight.
const LAST_WEEKDAY: i32 = 1;
/// The most shops that are seen to at a time.
const SHOPS_MAX: i64 = 200;

/// Puts the weekly mail about every shop where it is due in the post. Where that goes wrong, the others get theirs.
///
/// # Errors
/// When the database does not say where it is due.
pub(crate) async fn enqueue_due(state: &AppState, now_ms: i64) -> Result<(), AppError> {
    for (key, was_ms) in weekly_mail::list_due(&state.db, now_ms, SHOPS_MAX).await? {
        if let Err(failure) = schedule_shop(state, &key, was_ms, now_ms).await {
            failure.log();
        }
    }
    Ok(())
}

async fn schedule_shop(
    state: &AppState,
    key: &ShopKey,
    was_ms: Option<i64>,
    now_ms: i64,
) -> Result<(), AppError> {
    let db = &state.db;
    let Some(shop) = shops::find(db, key).await? else { return Ok(()) };
    let days = ShopZone::from_name(&shop.settings.time_zone);
    // Where no mail goes out, weeks are not kept for later.
    let goes_out = was_ms.is_some()
        && is_its_time(&days, now_ms)
        && !matches!(state.mail_config.route(db, key).await?, MailRoute::NotConfigured);
    let readers = if goes_out { members::list(db, key).await? } else { Vec::new() };
    let mut tx = db.begin().await?;
    if weekly_mail::reschedule(&mut tx, key, was_ms, next_at_ms(&days, now_ms)).await? {
        for person in readers.into_iter().filter(|person| person.gets_weekly) {
            let mail = NewMail {
                id: state.random.mail_id(now_ms),
                kind: MailKind::Weekly,
                response: String::new(),
                message: monday(&days, now_ms).to_string(),
                person: person.id,
                address: person.email,
            };
            outbox::insert(&mut tx, key, &mail, now_ms).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// The Monday of the shop's week, counted from 1970-01-01.
fn monday(days: &ShopZone, now_ms: i64) -> i32 {
    days.number(now_ms) - days.hour_of_week(now_ms) / 24
}

/// Whether the mail about the week before may be put in the post now.
fn is_its_time(days: &ShopZone, now_ms: i64) -> bool {
    let hour_of_week = days.hour_of_week(now_ms);
    hour_of_week >= i32::from(HOUR) && hour_of_week / 24 <= LAST_WEEKDAY
}

/// The next Monday at eight after this instant: Unix milliseconds, UTC.
fn next_at_ms(days: &ShopZone, now_ms: i64) -> i64 {
    let this_week = ShopZone::date_from_number(monday(days, now_ms));
    let at_ms = days.at_hour_ms(this_week, HOUR);
    if at_ms > now_ms { at_ms } else { days.at_hour_ms(ShopZone::before(this_week, -7), HOUR) }
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
        for (zone, now, next, is_time) in [
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
            let days = ShopZone::from_name(zone);
            assert_eq!(next_at_ms(&days, at(now)), at(next), "{zone} {now}");
            assert_eq!(is_its_time(&days, at(now)), is_time, "{zone} {now}");
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
            let days = ShopZone::from_name(zone);
            let next_ms = next_at_ms(&days, now_ms);
            prop_assert!(next_ms > now_ms && next_ms <= now_ms + 7 * DAY_MS + HOUR_MS);
            prop_assert!(is_its_time(&days, next_ms));
        }
    }
}
