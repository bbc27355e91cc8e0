//! The one thing to do this week.

use crate::analytics::period_report::PeriodReport;
use crate::analytics::segments;
use crate::db::summary_queries::WaitingSummary;
use crate::domain::csat::Csat;

/// Fewer complaints in a week may be random.
const CAUSE_MIN: u64 = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopAction {
    Answer {
        people: u64,
        /// When the first of them began to wait: Unix milliseconds, UTC.
        oldest_at_ms: i64,
    },
    /// Look into the most frequent cause.
    Cause {
        code: String,
        people: u64,
        /// Complaints of the week before.
        before: u64,
    },
    /// Look at the page that is clearly below the others.
    Page {
        path: String,
        /// Empty if it is not known.
        title: String,
        happiness: Csat,
    },
    /// No responses, after some in the week before: check that the tag is in place.
    NoResponses {
        before: u64,
    },
    KeepGoing,
}

/// Waiting visitors come before causes, causes before pages. `None` without responses in both weeks.
pub fn top_action(waiting: WaitingSummary, report: &PeriodReport) -> Option<TopAction> {
    if let (people @ 1.., Some(oldest_at_ms)) = (waiting.people, waiting.oldest_at_ms) {
        return Some(TopAction::Answer { people, oldest_at_ms });
    }
    let before = report.before.happiness().all;
    match (report.now.happiness().all, before) {
        (0, 0) => return None,
        (0, before) => return Some(TopAction::NoResponses { before }),
        _ => {}
    }
    // The first is the most frequent.
    if let Some(cause) = report.breakdown.causes.first().filter(|cause| cause.people >= CAUSE_MIN) {
        let before = report.causes_before.get(&cause.code).copied().unwrap_or(0);
        return Some(TopAction::Cause { code: cause.code.clone(), people: cause.people, before });
    }
    Some(segments::lowest_page(&report.breakdown.parts).map_or(TopAction::KeepGoing, |part| {
        TopAction::Page { path: part.name.clone(), title: part.title.clone(), happiness: part.happiness }
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
        TrendSeries { by_rating: [unhappy, 0, 0, 0, happy], interval: TrendInterval::Day, steps: Vec::new() }
    }

    fn week(now: TrendSeries, before: TrendSeries) -> PeriodReport {
        PeriodReport {
            now,
            before,
            breakdown: Breakdown::default(),
            causes_before: HashMap::from([("packing".to_owned(), 2)]),
            check_ins: CheckInTotals::default(),
            markers: Vec::new(),
            latest: Vec::new(),
            words: [Vec::new(), Vec::new()],
        }
    }

    #[test]
    fn people_come_before_causes_causes_before_pages_and_a_quiet_shop_is_left_in_peace() {
        let none_waiting = WaitingSummary::default();
        let mut report = week(counted(100, 40), counted(90, 10));
        assert_eq!(top_action(none_waiting, &report), Some(TopAction::KeepGoing));
        let page = |name: &str, happy, all| BreakdownRow {
            by: Metric::Page,
            name: name.to_owned(),
            title: String::new(),
            happiness: Csat { happy, all },
        };
        report.breakdown.parts = vec![page("/bowls", 80, 85), page("/basket", 20, 55)];
        let basket = TopAction::Page {
            path: "/basket".to_owned(),
            title: String::new(),
            happiness: Csat { happy: 20, all: 55 },
        };
        assert_eq!(top_action(none_waiting, &report), Some(basket.clone()));
        let cause = |people| CauseBreakdown { code: "packing".to_owned(), people, recovered: 0 };
        report.breakdown.causes = vec![cause(2)];
        assert_eq!(top_action(none_waiting, &report), Some(basket), "two may be chance");
        report.breakdown.causes = vec![cause(3)];
        let packing = TopAction::Cause { code: "packing".to_owned(), people: 3, before: 2 };
        assert_eq!(top_action(none_waiting, &report), Some(packing));
        let waiting = WaitingSummary { people: 1, oldest_at_ms: Some(7) };
        assert_eq!(top_action(waiting, &report), Some(TopAction::Answer { people: 1, oldest_at_ms: 7 }));
        let silent = week(counted(0, 0), counted(9, 0));
        assert_eq!(top_action(none_waiting, &silent), Some(TopAction::NoResponses { before: 9 }));
        assert_eq!(top_action(none_waiting, &week(counted(0, 0), counted(0, 0))), None);
        let one_waits = week(counted(0, 0), counted(0, 0));
        assert!(top_action(waiting, &one_waits).is_some(), "who waits is never kept quiet");
    }
}
