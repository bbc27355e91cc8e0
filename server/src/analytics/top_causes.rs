//! The causes of complaints, as noted when they were put right, beside the period before.

use crate::analytics::breakdown::CauseBreakdown;
use crate::analytics::chart;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::{format_many, format_number};
use std::collections::HashMap;

const CAUSES_MAX: usize = 8;

pub struct TopCause {
    /// The shop's name for it.
    pub name: String,
    /// Link to the responses.
    pub href: String,
    pub people: String,
    pub won_back: String,
    /// In percent of the most frequent cause.
    pub won_width: String,
    /// Likewise.
    pub width: String,
    /// The comparison in words.
    pub before: String,
}

/// `name` gives the shop's name for a code. `answers` are the numbers of responses in this period and the one before.
pub fn rows(
    causes: &[CauseBreakdown],
    before: &HashMap<String, u64>,
    answers: (u64, u64),
    name: impl Fn(&str) -> String,
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> Vec<TopCause> {
    let most = causes.first().map_or(1, |cause| cause.people.max(1)) as f64;
    let row = |cause: &CauseBreakdown| TopCause {
        name: name(&cause.code),
        href: to(&ResponseFilter { cause: cause.code.clone(), ..period.clone() }),
        people: format_number(cause.people),
        won_back: format_number(cause.recovered),
        won_width: chart::percent(cause.recovered as f64 / most),
        width: chart::percent(cause.people as f64 / most),
        before: format_comparison(cause.people, before.get(&cause.code).copied().unwrap_or(0), answers),
    };
    causes.iter().take(CAUSES_MAX).map(row).collect()
}

/// Calls a difference one only if it is hardly random.
fn format_comparison(now: u64, before: u64, (answers, answers_before): (u64, u64)) -> String {
    let share = |people: u64, all: u64| Csat { happy: people.min(all), all };
    let (here, earlier) = (share(now, answers), share(before, answers_before));
    if earlier.is_few() || here.is_few() || now + before < TOO_FEW {
        return if before == 0 {
            String::new()
        } else {
            format!("{} before", format_many(before, "time", "times"))
        };
    }
    let (Some(a), Some(b)) = (here.range(), earlier.range()) else { return String::new() };
    let comparison = if !a.is_apart_from(b) {
        "about as often as before"
    } else if a.low > b.high {
        "more often than before"
    } else {
        "less often than before"
    };
    format!("{comparison} ({})", format_number(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_one_only_where_it_is_hardly_chance() {
        assert_eq!(format_comparison(40, 8, (1_000, 1_000)), "more often than before (8)");
        assert_eq!(format_comparison(8, 40, (1_000, 1_000)), "less often than before (40)");
        assert_eq!(format_comparison(12, 8, (1_000, 1_000)), "about as often as before (8)");
        assert_eq!(format_comparison(12, 8, (1_000, 9_000)), "more often than before (8)");
        assert_eq!(format_comparison(2, 1, (1_000, 1_000)), "one time before");
        assert_eq!(format_comparison(9, 0, (1_000, 3)), "");
    }

    #[test]
    fn the_most_frequent_is_the_whole_bar() {
        let causes = [("late", 12, 10), ("broken", 6, 3)].map(|(code, people, recovered)| CauseBreakdown {
            code: code.to_owned(),
            people,
            recovered,
        });
        let rows = rows(
            &causes,
            &HashMap::new(),
            (100, 0),
            str::to_uppercase,
            ResponseFilter::query,
            &ResponseFilter::default(),
        );
        assert_eq!((rows[0].width.as_str(), rows[1].width.as_str()), ("100%", "50%"));
        assert_eq!((rows[1].name.as_str(), rows[1].href.as_str()), ("BROKEN", "cause=broken"));
    }
}
