//! The one thing to do this week: what helps most, of what last week tells.

use crate::analytics::period_report::PeriodReport;
use crate::analytics::segments;
use crate::db::summary_queries::WaitingSummary;
use crate::domain::csat::Csat;

/// A cause of fewer complaints than this in a week may be chance.
const CAUSE_MIN: u64 = 3;

/// What it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopAction {
    /// Answer those who wait.
    Answer {
        /// How many there are.
        people: u64,
        /// Since when the first of them waits: Unix milliseconds, UTC.
        oldest_at_ms: i64,
    },
    /// Look into what went wrong most.
    Cause {
        /// Its code.
        code: String,
        /// How many complained of it.
        people: u64,
        /// How many did the week before.
        before: u64,
    },
    /// Look at the page that is clearly below the others.
    Page {
        /// Its path.
        path: String,
        /// What it is called; empty if nobody said.
        title: String,
        /// How people felt there.
        happiness: Csat,
    },
    /// Nobody answered, after some did: look whether anybody is asked.
    NobodyAnswered {
        /// How many did the week before.
        before: u64,
    },
    /// Nothing.
    GoOn,
}

/// What helps most: people before causes, causes before pages. `None` if there is nothing to tell at all.
pub fn one_thing(waiting: WaitingSummary, found: &PeriodReport) -> Option<TopAction> {
    if let (people @ 1.., Some(oldest_at_ms)) = (waiting.people, waiting.oldest_at_ms) {
        return Some(TopAction::Answer { people, oldest_at_ms });
    }
    let before = found.before.happiness().all;
    match (found.now.happiness().all, before) {
        (0, 0) => return None,
        (0, before) => return Some(TopAction::NobodyAnswered { before }),
        _ => {}
    }
    // The most frequent comes first.
    if let Some(cause) = found.told.causes.first().filter(|cause| cause.people >= CAUSE_MIN) {
        let before = found.causes_before.get(&cause.code).copied().unwrap_or(0);
        return Some(TopAction::Cause { code: cause.code.clone(), people: cause.people, before });
    }
    Some(segments::lowest_page(&found.told.parts).map_or(TopAction::GoOn, |part| TopAction::Page {
        path: part.name.clone(),
        title: part.title.clone(),
        happiness: part.happiness,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::breakdown::{Breakdown, BreakdownRow, CauseBreakdown};
    use crate::analytics::trend::{TrendInterval, TrendSeries};
    use crate::domain::check_in::CheckInTotals;
    use crate::domain::counters::Metric;
    use std::collections::HashMap;

    fn counted(happy: u64, unhappy: u64) -> TrendSeries {
        TrendSeries { by_rating: [unhappy, 0, 0, 0, happy], step: TrendInterval::Day, steps: Vec::new() }
    }

    fn week(now: TrendSeries, before: TrendSeries) -> PeriodReport {
        PeriodReport {
            now,
            before,
            told: Breakdown::default(),
            causes_before: HashMap::from([("packing".to_owned(), 2)]),
            check_ins: CheckInTotals::default(),
            changed: Vec::new(),
            latest: Vec::new(),
            words: [Vec::new(), Vec::new()],
        }
    }

    #[test]
    fn people_come_before_causes_causes_before_pages_and_a_quiet_shop_is_left_in_peace() {
        let nobody = WaitingSummary::default();
        let mut found = week(counted(100, 40), counted(90, 10));
        assert_eq!(one_thing(nobody, &found), Some(TopAction::GoOn));
        let page = |name: &str, happy, all| BreakdownRow {
            by: Metric::Page,
            name: name.to_owned(),
            title: String::new(),
            happiness: Csat { happy, all },
        };
        found.told.parts = vec![page("/bowls", 80, 85), page("/basket", 20, 55)];
        let basket = TopAction::Page {
            path: "/basket".to_owned(),
            title: String::new(),
            happiness: Csat { happy: 20, all: 55 },
        };
        assert_eq!(one_thing(nobody, &found), Some(basket.clone()));
        let cause = |people| CauseBreakdown { code: "packing".to_owned(), people, recovered: 0 };
        found.told.causes = vec![cause(2)];
        assert_eq!(one_thing(nobody, &found), Some(basket), "two may be chance");
        found.told.causes = vec![cause(3)];
        let packing = TopAction::Cause { code: "packing".to_owned(), people: 3, before: 2 };
        assert_eq!(one_thing(nobody, &found), Some(packing));
        let waiting = WaitingSummary { people: 1, oldest_at_ms: Some(7) };
        assert_eq!(one_thing(waiting, &found), Some(TopAction::Answer { people: 1, oldest_at_ms: 7 }));
        let silent = week(counted(0, 0), counted(9, 0));
        assert_eq!(one_thing(nobody, &silent), Some(TopAction::NobodyAnswered { before: 9 }));
        assert_eq!(one_thing(nobody, &week(counted(0, 0), counted(0, 0))), None);
        let one_waits = week(counted(0, 0), counted(0, 0));
        assert!(one_thing(waiting, &one_waits).is_some(), "who waits is never kept quiet");
    }
}
