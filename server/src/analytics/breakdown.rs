//! What was counted over a period, sorted into what the summary tells.

use crate::analytics::recovery::Recovery;
use crate::db::counter_queries::Kept;
use crate::domain::counters::What;
use crate::domain::csat::Happiness;
use shared::conversation::Stage;
use std::collections::{BTreeMap, HashMap};

/// What the summary asks for of all that has many names, beside the days of its trend.
pub const OF_MANY_NAMES: [What; 3] = [What::Product, What::FirstReply, What::Page];
/// The rest of what it asks for: about as much to read.
pub const ASKED: [What; 12] = [
    What::Words,
    What::Stage,
    What::Answered,
    What::PutRight,
    What::Asked,
    What::Cause,
    What::CauseRecovered,
    What::Reason,
    What::Hour,
    What::Moment,
    What::Device,
    What::Language,
];

/// How many pages are told apart, and how many products.
const PAGES: usize = 8;
/// How many reasons are told.
const REASONS: usize = 6;

/// A part of the answers: those at one moment, on one page, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is a part by.
    pub by: What,
    /// Which: a moment's name, a path, a device, a language tag.
    pub name: String,
    /// The title of the page; empty for anything else.
    pub title: String,
    /// How they felt.
    pub happiness: Happiness,
}

/// A cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CauseTold {
    /// Its code.
    pub code: String,
    /// How many complaints it caused.
    pub people: u64,
    /// How many of those people were won back.
    pub recovered: u64,
}

/// What a period is told by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Answers with words.
    pub with_words: u64,
    /// What became of complaints.
    pub recovery: Recovery,
    /// What caused them, the most frequent first.
    pub causes: Vec<CauseTold>,
    /// Happy ones and all, by hour of the shop's week.
    pub hours: BTreeMap<u8, Happiness>,
    /// The reasons picked most by those who were not happy, by code, and how often.
    pub reasons: Vec<(String, u64)>,
    /// The answers by moment, device and language, and by the eight pages with most of them; most answers first.
    pub parts: Vec<Part>,
}

/// Sorts what was counted; `titles` are what pages are called, by path.
pub fn told(kept: Vec<Kept>, titles: &HashMap<String, String>) -> Told {
    let mut told = Told::default();
    let mut causes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for kept in kept {
        let all = u64::try_from(kept.all()).unwrap_or(0);
        let [one, two, three, four, five] = kept.by_rating;
        match kept.what {
            What::Words => told.with_words += all,
            What::Stage => {
                if let Some(stage) = Stage::named(&kept.key) {
                    *told.recovery.stages.entry(stage).or_default() += all;
                }
            }
            What::Answered => told.recovery.answered += all,
            What::PutRight => told.recovery.put_right += all,
            What::Asked => told.recovery.asked += all,
            What::FirstReply => *told.recovery.first_reply.entry(kept.key).or_default() += all,
            What::Cause => causes.entry(kept.key).or_default().0 += all,
            What::CauseRecovered => causes.entry(kept.key).or_default().1 += all,
            What::Hour => {
                if let Ok(hour) = kept.key.parse() {
                    *told.hours.entry(hour).or_default() += Happiness::of(four + five, kept.all());
                }
            }
            What::Reason => {
                let not_happy = u64::try_from(one + two + three).unwrap_or(0);
                if not_happy > 0 {
                    told.reasons.push((kept.key, not_happy));
                }
            }
            by => {
                let happiness = Happiness::of(four + five, kept.all());
                let title = titles.get(&kept.key).filter(|_| by == What::Page).cloned().unwrap_or_default();
                told.parts.push(Part { by, name: kept.key, title, happiness });
            }
        }
    }
    told.reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    told.reasons.truncate(REASONS);
    told.parts.sort_by(|a, b| b.happiness.all.cmp(&a.happiness.all).then_with(|| a.name.cmp(&b.name)));
    let mut shown: HashMap<What, usize> = HashMap::new();
    told.parts.retain(|part| {
        let n = shown.entry(part.by).or_default();
        *n += 1;
        !matches!(part.by, What::Page | What::Product) || *n <= PAGES
    });
    let cause = |(code, (people, recovered))| CauseTold { code, people, recovered };
    told.causes = causes.into_iter().map(cause).filter(|cause| cause.people > 0).collect();
    told.causes.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.code.cmp(&b.code)));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(what: What, key: &str, by_rating: [i64; 5]) -> Kept {
        Kept { what, key: key.to_owned(), by_rating }
    }

    #[test]
    fn counts_become_what_the_page_tells() {
        let mut all = vec![
            kept(What::Words, "", [3, 0, 2, 0, 1]),
            kept(What::Stage, "received", [2, 0, 1, 0, 0]),
            kept(What::Stage, "recovered", [1, 0, 0, 0, 0]),
            kept(What::Reason, "late", [1, 0, 1, 0, 9]),
            kept(What::Reason, "broken", [3, 0, 0, 0, 0]),
            kept(What::Reason, "pretty", [0, 0, 0, 0, 5]),
            kept(What::Device, "phone", [1, 0, 0, 1, 2]),
        ];
        all.extend((0..10).map(|n| kept(What::Page, &format!("/{n}"), [0, 0, 0, 0, n + 1])));
        let titles = HashMap::from([("/9".to_owned(), "Bowls".to_owned())]);
        let told = told(all, &titles);
        assert_eq!((told.with_words, told.recovery.complaints(), told.recovery.recovered()), (6, 4, 1));
        assert_eq!(told.reasons, [("broken".to_owned(), 3), ("late".to_owned(), 2)]);
        let pages: Vec<&str> =
            told.parts.iter().filter(|p| p.by == What::Page).map(|p| p.name.as_str()).collect();
        assert_eq!(pages, ["/9", "/8", "/7", "/6", "/5", "/4", "/3", "/2"]);
        assert_eq!(told.parts[0].title, "Bowls");
        let phone = told.parts.iter().find(|p| p.by == What::Device).unwrap();
        assert_eq!(phone.happiness, Happiness { happy: 3, all: 4 });
    }
}
