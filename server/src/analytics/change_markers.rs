//! What a shop changed, compared with how it was before.

use crate::analytics::chart;
use crate::db::change_markers::ChangeMarker;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::{format_many, format_number};
use crate::time::zone::{Period, ShopZone};

/// How many stand on a page.
pub const SHOWN: i64 = 5;

/// How many days before and since are compared at most.
const COMPARED_DAYS: i32 = 90;

/// One of them on the page.
pub struct ChangeMarkerView {
    /// Our own name for it.
    pub id: String,
    /// The day: `12 October`.
    pub day: String,
    /// Where it stands on the trend, in thousandths of its width.
    pub x: String,
    /// What was changed.
    pub words: String,
    /// How it was before and since, in words; empty where it was not meant to stop anything.
    pub compared: String,
    /// Those who complained of it before, and how many.
    pub before: Option<(String, String)>,
    /// Where they can be told.
    pub tell: String,
}

/// The days before a marker and the days since that are compared, as [`Period::day_numbers`] are; as many before as since.
pub fn windows(day: i32, today: i32) -> ((i32, i32), (i32, i32)) {
    let days = (today + 1 - day).clamp(0, COMPARED_DAYS);
    ((day - days, day), (day, day + days))
}

/// One on the page. `before` and `since` say how many complaints the cause had among all answers.
pub fn view(
    it: &ChangeMarker,
    period: Period,
    name: &str,
    before: Csat,
    since: Csat,
    to: impl Fn(&ResponseFilter) -> String,
    days: i32,
) -> ChangeMarkerView {
    let date = ShopZone::date_from_number(it.day);
    let part = f64::from(it.day - ShopZone::day_number(period.first)) / f64::from(period.days.max(1));
    let people = ResponseFilter {
        cause: it.cause.clone(),
        from: Some(ShopZone::date_from_number(it.day - days)),
        to: Some(ShopZone::date_from_number(it.day - 1)),
        ..ResponseFilter::default()
    };
    ChangeMarkerView {
        id: it.id.clone(),
        tell: format!("/summary/markers/{}", it.id),
        day: ShopZone::format_date(date),
        x: chart::percent(part),
        words: it.words.clone(),
        compared: if it.cause.is_empty() { String::new() } else { format_comparison(name, before, since) },
        before: (!it.cause.is_empty() && before.happy > 0)
            .then(|| (to(&people), format_number(before.happy))),
    }
}

/// How it was before and since; a difference is only called one where it is hardly chance.
fn format_comparison(name: &str, before: Csat, since: Csat) -> String {
    let said = |h: Csat| format!("{} of {}", format_number(h.happy), format_many(h.all, "answer", "answers"));
    let numbers = format!("{name}: {} before, {} since.", said(before), said(since));
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
