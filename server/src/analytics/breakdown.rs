//! What was counted over a period, sorted into what the summary tells.

use crate::analytics::recovery::Recovery;
use crate::db::counter_queries::CounterRow;
use crate::domain::counters::Metric;
use crate::domain::csat::Csat;
use shared::conversation::Stage;
use std::collections::{BTreeMap, HashMap};

/// What the summary asks for of all that has many names, beside the days of its trend.
pub const OF_MANY_NAMES: [Metric; 3] = [Metric::Product, Metric::FirstReply, Metric::Page];
/// The rest of what it asks for: about as much to read.
pub const ASKED: [Metric; 12] = [
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

/// How many pages are told apart, and how many products.
const PAGES: usize = 8;
/// How many reasons are told.
const REASONS: usize = 6;

/// A part of the answers: those at one moment, on one page, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakdownRow {
    /// What it is a part by.
    pub by: Metric,
    /// Which: a moment's name, a path, a device, a language tag.
    pub name: String,
    /// The title of the page; empty for anything else.
    pub title: String,
    /// How they felt.
    pub happiness: Csat,
}

/// A cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseBreakdown {
    /// Its code.
    pub code: String,
    /// How many complaints it caused.
    pub people: u64,
    /// How many of those people were won back.
    pub recovered: u64,
}

/// What a period is told by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Breakdown {
    /// Answers with words.
    pub with_words: u64,
    /// What became of complaints.
    pub recovery: Recovery,
    /// What caused them, the most frequent first.
    pub causes: Vec<CauseBreakdown>,
    /// Happy ones and all, by hour of the shop's week.
    pub hours: BTreeMap<u8, Csat>,
    /// The reasons picked most by those who were not happy, by code, and how often.
    pub reasons: Vec<(String, u64)>,
    /// The answers by moment, device and language, and by the eight pages with most of them; most answers first.
    pub parts: Vec<BreakdownRow>,
}

/// Sorts what was counted; `titles` are what pages are called, by path.
pub fn breakdown(kept: Vec<CounterRow>, titles: &HashMap<String, String>) -> Breakdown {
    let mut told = Breakdown::default();
    let mut causes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for kept in kept {
        let all = u64::try_from(kept.total()).unwrap_or(0);
        let [one, two, three, four, five] = kept.by_rating;
        match kept.what {
            Metric::Words => told.with_words += all,
            Metric::Stage => {
                if let Some(stage) = Stage::named(&kept.key) {
                    *told.recovery.stages.entry(stage).or_default() += all;
                }
            }
            Metric::Answered => told.recovery.answered += all,
            Metric::PutRight => told.recovery.put_right += all,
            Metric::Asked => told.recovery.asked += all,
            Metric::FirstReply => *told.recovery.first_reply.entry(kept.key).or_default() += all,
            Metric::Cause => causes.entry(kept.key).or_default().0 += all,
            Metric::CauseRecovered => causes.entry(kept.key).or_default().1 += all,
            Metric::Hour => {
                if let Ok(hour) = kept.key.parse() {
                    *told.hours.entry(hour).or_default() += Csat::new(four + five, kept.total());
                }
            }
            Metric::Reason => {
                let not_happy = u64::try_from(one + two + three).unwrap_or(0);
                if not_happy > 0 {
                    told.reasons.push((kept.key, not_happy));
                }
            }
            by => {
                let happiness = Csat::new(four + five, kept.total());
                let title = titles.get(&kept.key).filter(|_| by == Metric::Page).cloned().unwrap_or_default();
                told.parts.push(BreakdownRow { by, name: kept.key, title, happiness });
            }
        }
    }
    told.reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    told.reasons.truncate(REASONS);
    told.parts.sort_by(|a, b| b.happiness.all.cmp(&a.happiness.all).then_with(|| a.name.cmp(&b.name)));
    let mut shown: HashMap<Metric, usize> = HashMap::new();
    told.parts.retain(|part| {
        let n = shown.entry(part.by).or_default();
        *n += 1;
        !matches!(part.by, Metric::Page | Metric::Product) || *n <= PAGES
    });
    let cause = |(code, (people, recovered))| CauseBreakdown { code, people, recovered };
    told.causes = causes.into_iter().map(cause).filter(|cause| cause.people > 0).collect();
    told.causes.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.code.cmp(&b.code)));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(what: Metric, key: &str, by_rating: [i64; 5]) -> CounterRow {
        CounterRow { what, key: key.to_owned(), by_rating }
    }

    #[test]
    fn counts_become_what_the_page_tells() {
        let mut all = vec![
            kept(Metric::Words, "", [3, 0, 2, 0, 1]),
            kept(Metric::Stage, "received", [2, 0, 1, 0, 0]),
            kept(Metric::Stage, "recovered", [1, 0, 0, 0, 0]),
            kept(Metric::Reason, "late", [1, 0, 1, 0, 9]),
            kept(Metric::Reason, "broken", [3, 0, 0, 0, 0]),
            kept(Metric::Reason, "pretty", [0, 0, 0, 0, 5]),
            kept(Metric::Device, "phone", [1, 0, 0, 1, 2]),
        ];
        all.extend((0..10).map(|n| kept(Metric::Page, &format!("/{n}"), [0, 0, 0, 0, n + 1])));
        let titles = HashMap::from([("/9".to_owned(), "Bowls".to_owned())]);
        let told = breakdown(all, &titles);
        assert_eq!((told.with_words, told.recovery.complaints(), told.recovery.recovered()), (6, 4, 1));
        assert_eq!(told.reasons, [("broken".to_owned(), 3), ("late".to_owned(), 2)]);
        let pages: Vec<&str> =
            told.parts.iter().filter(|p| p.by == Metric::Page).map(|p| p.name.as_str()).collect();
        assert_eq!(pages, ["/9", "/8", "/7", "/6", "/5", "/4", "/3", "/2"]);
        assert_eq!(told.parts[0].title, "Bowls");
        let phone = told.parts.iter().find(|p| p.by == Metric::Device).unwrap();
        assert_eq!(phone.happiness, Csat { happy: 3, all: 4 });
    }
}
