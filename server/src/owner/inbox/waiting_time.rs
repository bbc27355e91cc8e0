//! How long a visitor has waited, and when the reply is due.

use crate::domain::reply_policy::ReplyPolicy;
use crate::text::phrases;
use crate::time::zone::ShopZone;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingTime {
    /// Unix milliseconds, UTC.
    pub since_ms: i64,
    /// `5 h 04`.
    pub span: String,
    /// CSS class: whether half or all of the promised time is over.
    pub urgency: &'static str,
    /// When the reply is due, in words.
    pub promise: String,
}

pub fn waiting_time(since_ms: i64, policy: &ReplyPolicy, now_ms: i64) -> WaitingTime {
    let (half, whole) = (policy.due_at_ms(since_ms, 0.5), policy.due_at_ms(since_ms, 1.0));
    let is_over = |due: Option<i64>| due.is_some_and(|due| due <= now_ms);
    let promise = match whole {
        Some(due) if due <= now_ms => format!("answer was due {}", format_due(due, policy, now_ms)),
        Some(due) => format!("answer due {}", format_due(due, policy, now_ms)),
        None => "no opening hours set".to_owned(),
    };
    WaitingTime {
        since_ms,
        span: phrases::format_span_short(now_ms - since_ms),
        urgency: match (is_over(half), is_over(whole)) {
            (_, true) => "pill--bad",
            (true, false) => "pill--mid",
            (false, false) => "",
        },
        promise,
    }
}

fn format_due(at_ms: i64, policy: &ReplyPolicy, now_ms: i64) -> String {
    let ReplyPolicy { zone, .. } = policy;
    let clock = zone.clock(at_ms);
    if zone.day(at_ms) == zone.day(now_ms) {
        format!("at {clock}")
    } else {
        format!("{} at {clock}", ShopZone::format_weekday(zone.day(at_ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::opening_hours::{OpeningHours, OpeningSpan};

    const HOUR: i64 = 3_600_000;
    /// Saturday 21 November 2026, midnight UTC.
    const SATURDAY: i64 = 1_795_219_200_000;

    fn policy(hours: OpeningHours) -> ReplyPolicy {
        ReplyPolicy { hours, zone: ShopZone::from_name("UTC"), promise_open_ms: 4 * HOUR, reminds: true }
    }

    #[test]
    fn the_colour_follows_the_promise_and_not_the_hours() {
        let always = policy(OpeningHours::default());
        let urgency = |waited| waiting_time(SATURDAY, &always, SATURDAY + waited).urgency;
        assert_eq!(urgency(2 * HOUR - 1), "");
        assert_eq!(urgency(2 * HOUR), "pill--mid");
        assert_eq!(urgency(4 * HOUR), "pill--bad");
        let weekdays = OpeningHours {
            week: std::array::from_fn(|day| {
                if day < 5 { vec![OpeningSpan { from_min: 540, until_min: 1_080 }] } else { Vec::new() }
            }),
            ..OpeningHours::default()
        };
        let over_the_weekend = waiting_time(SATURDAY, &policy(weekdays), SATURDAY + 40 * HOUR);
        assert_eq!(over_the_weekend.urgency, "", "nobody was there");
        assert_eq!(over_the_weekend.promise, "answer due Monday 23 November at 13:00");
        assert_eq!(over_the_weekend.span.replace('\u{a0}', " "), "a day");
    }

    #[test]
    fn what_is_due_is_said_as_people_say_it() {
        let always = policy(OpeningHours::default());
        assert_eq!(waiting_time(SATURDAY, &always, SATURDAY + HOUR).promise, "answer due at 04:00");
        assert_eq!(waiting_time(SATURDAY, &always, SATURDAY + 5 * HOUR).promise, "answer was due at 04:00");
    }
}
