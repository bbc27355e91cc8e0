//! Why people were unhappy: the causes that were noted when things were put right, beside the period before.

use crate::analytics::breakdown::CauseBreakdown;
use crate::analytics::chart;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::{format_many, format_number};
use std::collections::HashMap;

/// How many causes stand on the page.
const CAUSES: usize = 8;

/// One cause.
pub struct TopCause {
    /// What the shop calls it.
    pub name: String,
    /// The people behind it.
    pub href: String,
    /// How many complaints it caused.
    pub people: String,
    /// How many of those people were won back.
    pub won_back: String,
    /// Those, as a part of the most frequent cause.
    pub won_width: String,
    /// All of them, likewise.
    pub width: String,
    /// How it was in the period before, in words.
    pub before: String,
}

/// The causes; `name` says what the shop calls one. `answers` are all answers of this period and of the one before.
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
    causes.iter().take(CAUSES).map(row).collect()
}

/// How often it happened beside how often it did before, in words: a difference is only called one where it is hardly
/// chance.
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
    let said = if !a.is_apart_from(b) {
        "about as often as before"
    } else if a.low > b.high {
        "more often than before"
    } else {
        "less often than before"
    };
    format!("{said} ({})", format_number(before))
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
