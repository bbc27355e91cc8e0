//! The changes that a shop has marked, with the complaints before and since.

use crate::analytics::chart;
use crate::db::change_markers::ChangeMarker;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::{format_many, format_number};
use crate::time::zone::{Period, ShopZone};

pub const MARKERS_MAX: i64 = 5;

/// The most days before, and since.
const COMPARED_DAYS: i32 = 90;

pub struct ChangeMarkerView {
    pub id: String,
    /// `12 October`.
    pub day: String,
    /// The position on the trend, as a percentage of its width.
    pub x: String,
    pub words: String,
    /// The comparison in words; empty for a change without a cause.
    pub comparison: String,
    /// Link to the complaints before, and their number.
    pub before: Option<(String, String)>,
    /// The page to notify the complainants.
    pub notify_href: String,
}

/// The days before a marker and since, as many before as since, each as [`Period::day_numbers`] are.
pub fn windows(day: i32, today: i32) -> ((i32, i32), (i32, i32)) {
    let days = (today + 1 - day).clamp(0, COMPARED_DAYS);
    ((day - days, day), (day, day + days))
}

/// `before` and `since` count the complaints with the marker's cause (`happy`) among all responses (`all`).
pub fn view(
    marker: &ChangeMarker,
    period: Period,
    name: &str,
    before: Csat,
    since: Csat,
    to: impl Fn(&ResponseFilter) -> String,
    days: i32,
) -> ChangeMarkerView {
    let date = ShopZone::date_from_number(marker.day);
    let position = f64::from(marker.day - ShopZone::day_number(period.first)) / f64::from(period.days.max(1));
    let people = ResponseFilter {
        cause: marker.cause.clone(),
        from: Some(ShopZone::date_from_number(marker.day - days)),
        to: Some(ShopZone::date_from_number(marker.day - 1)),
        ..ResponseFilter::default()
    };
    ChangeMarkerView {
        id: marker.id.clone(),
        notify_href: format!("/summary/markers/{}", marker.id),
        day: ShopZone::format_date(date),
        x: chart::percent(position),
        words: marker.words.clone(),
        comparison: if marker.cause.is_empty() {
            String::new()
        } else {
            format_comparison(name, before, since)
        },
        before: (!marker.cause.is_empty() && before.happy > 0)
            .then(|| (to(&people), format_number(before.happy))),
    }
}

/// Calls a difference one only if it is hardly random.
fn format_comparison(name: &str, before: Csat, since: Csat) -> String {
    let counts =
        |h: Csat| format!("{} of {}", format_number(h.happy), format_many(h.all, "answer", "answers"));
    let numbers = format!("{name}: {} before, {} since.", counts(before), counts(since));
    let verdict = match (before.range(), since.range()) {
        _ if before.all < TOO_FEW || since.all < TOO_FEW => "Too few to tell.",
        (Some(a), Some(b)) if b.high < a.low => "That worked.",
        (Some(a), Some(b)) if b.low > a.high => "It has become more.",
        _ => "The likely ranges overlap, so it may be chance.",
    };
    format!("{numbers} {verdict}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_days_before_as_since_are_compared() {
        assert_eq!(windows(100, 109), ((90, 100), (100, 110)));
        assert_eq!(windows(100, 100), ((99, 100), (100, 101)));
        assert_eq!(windows(100, 900), ((10, 100), (100, 190)));
    }

    #[test]
    fn it_worked_only_where_that_is_hardly_chance() {
        let of = |n, all| Csat { happy: n, all };
        assert_eq!(
            format_comparison("Broken", of(28, 309), of(1, 303)),
            "Broken: 28 of 309 answers before, 1 of 303 answers since. That worked."
        );
        assert!(format_comparison("Broken", of(8, 309), of(5, 303)).ends_with("it may be chance."));
        assert!(format_comparison("Broken", of(1, 303), of(28, 309)).ends_with("It has become more."));
        assert!(format_comparison("Broken", of(8, 309), of(0, 4)).ends_with("Too few to tell."));
    }
}
