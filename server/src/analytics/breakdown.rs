//! Sorts the counters of a period into what the summary shows.

use crate::analytics::recovery::Recovery;
use crate::db::counter_queries::CounterRow;
use crate::domain::counters::Metric;
use crate::domain::csat::Csat;
use shared::conversation::Stage;
use std::collections::{BTreeMap, HashMap};

/// Metrics with many keys. They are read by a statement of their own, beside the one for the others: both have about as
/// many rows to read.
pub const WIDE_METRICS: [Metric; 3] = [Metric::Product, Metric::FirstReply, Metric::Page];
pub const NARROW_METRICS: [Metric; 12] = [
    Metric::Words,
    Metric::Stage,
    Metric::Answered,
    Metric::PutRight,
    Metric::Asked,
    Metric::Cause,
    Metric::CauseRecovered,
    Metric::Reason,
    Metric::Hour,
    Metric::Moment,
    Metric::Device,
    Metric::Language,
];

const PAGES_MAX: usize = 8;
const REASONS_MAX: usize = 6;

/// The responses at one moment, on one page, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakdownRow {
    pub by: Metric,
    /// A moment's name, a path, a device, a language tag.
    pub name: String,
    /// The title of a page; empty for anything else.
    pub title: String,
    pub happiness: Csat,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseBreakdown {
    pub code: String,
    pub people: u64,
    pub recovered: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breakdown {
    pub with_words: u64,
    pub recovery: Recovery,
    /// The most frequent first.
    pub causes: Vec<CauseBreakdown>,
    /// By hour of the shop's week.
    pub hours: BTreeMap<u8, Csat>,
    /// Code and count of the reasons picked most with a rating below 4.
    pub reasons: Vec<(String, u64)>,
    /// By moment, device, language, page and product; the most responses first.
    pub parts: Vec<BreakdownRow>,
}

/// `titles` are those of pages, by path.
pub fn breakdown(row: Vec<CounterRow>, titles: &HashMap<String, String>) -> Breakdown {
    let mut breakdown = Breakdown::default();
    let mut causes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for row in row {
        let count = u64::try_from(row.total()).unwrap_or(0);
        let [one, two, three, four, five] = row.by_rating;
        match row.what {
            Metric::Words => breakdown.with_words += count,
            Metric::Stage => {
                if let Some(stage) = Stage::named(&row.key) {
                    *breakdown.recovery.stages.entry(stage).or_default() += count;
                }
            }
            Metric::Answered => breakdown.recovery.answered += count,
            Metric::PutRight => breakdown.recovery.put_right += count,
            Metric::Asked => breakdown.recovery.asked += count,
            Metric::FirstReply => *breakdown.recovery.first_reply.entry(row.key).or_default() += count,
            Metric::Cause => causes.entry(row.key).or_default().0 += count,
            Metric::CauseRecovered => causes.entry(row.key).or_default().1 += count,
            Metric::Hour => {
                if let Ok(hour) = row.key.parse() {
                    *breakdown.hours.entry(hour).or_default() += Csat::new(four + five, row.total());
                }
            }
            Metric::Reason => {
                let not_happy = u64::try_from(one + two + three).unwrap_or(0);
                if not_happy > 0 {
                    breakdown.reasons.push((row.key, not_happy));
                }
            }
            by => {
                let happiness = Csat::new(four + five, row.total());
                let title = titles.get(&row.key).filter(|_| by == Metric::Page).cloned().unwrap_or_default();
                breakdown.parts.push(BreakdownRow { by, name: row.key, title, happiness });
            }
        }
    }
    breakdown.reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    breakdown.reasons.truncate(REASONS_MAX);
    breakdown.parts.sort_by(|a, b| b.happiness.all.cmp(&a.happiness.all).then_with(|| a.name.cmp(&b.name)));
    let mut shown: HashMap<Metric, usize> = HashMap::new();
    breakdown.parts.retain(|part| {
        let n = shown.entry(part.by).or_default();
        *n += 1;
        !matches!(part.by, Metric::Page | Metric::Product) || *n <= PAGES_MAX
    });
    let cause = |(code, (people, recovered))| CauseBreakdown { code, people, recovered };
    breakdown.causes = causes.into_iter().map(cause).filter(|cause| cause.people > 0).collect();
    breakdown.causes.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.code.cmp(&b.code)));
    breakdown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(what: Metric, key: &str, by_rating: [i64; 5]) -> CounterRow {
        CounterRow { what, key: key.to_owned(), by_rating }
    }

    #[test]
    fn counts_become_what_the_page_tells() {
        let mut count = vec![
            row(Metric::Words, "", [3, 0, 2, 0, 1]),
            row(Metric::Stage, "received", [2, 0, 1, 0, 0]),
            row(Metric::Stage, "recovered", [1, 0, 0, 0, 0]),
            row(Metric::Reason, "late", [1, 0, 1, 0, 9]),
            row(Metric::Reason, "broken", [3, 0, 0, 0, 0]),
            row(Metric::Reason, "pretty", [0, 0, 0, 0, 5]),
            row(Metric::Device, "phone", [1, 0, 0, 1, 2]),
        ];
        count.extend((0..10).map(|n| row(Metric::Page, &format!("/{n}"), [0, 0, 0, 0, n + 1])));
        let titles = HashMap::from([("/9".to_owned(), "Bowls".to_owned())]);
        let breakdown = breakdown(count, &titles);
        assert_eq!(
            (breakdown.with_words, breakdown.recovery.complaints(), breakdown.recovery.recovered()),
            (6, 4, 1)
        );
        assert_eq!(breakdown.reasons, [("broken".to_owned(), 3), ("late".to_owned(), 2)]);
        let pages: Vec<&str> =
            breakdown.parts.iter().filter(|p| p.by == Metric::Page).map(|p| p.name.as_str()).collect();
        assert_eq!(pages, ["/9", "/8", "/7", "/6", "/5", "/4", "/3", "/2"]);
        assert_eq!(breakdown.parts[0].title, "Bowls");
        let phone = breakdown.parts.iter().find(|p| p.by == Metric::Device).unwrap();
        assert_eq!(phone.happiness, Csat { happy: 3, all: 4 });
    }
}
