//! The sentence at the top of the summary: who waits, and how people felt.

use crate::analytics::recovery::{Recovery, won_back};
use crate::domain::csat::Csat;
use crate::text::phrases::{capitalize, format_count, format_many, format_number, format_span};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingCount {
    pub people: u64,
    pub longest_ms: i64,
}

/// In three parts, since the first is a link to the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Empty if no visitor waits.
    pub who: String,
    pub how_long: String,
    /// How many of those who complained were won back; without complaints, how people felt.
    pub felt: String,
}

/// `when` is a phrase such as "in the last 90 days".
pub fn headline(waiting: WaitingCount, happiness: Csat, recovery: &Recovery, when: String) -> Headline {
    let span = format_span(waiting.longest_ms);
    let (who, how_long) = match waiting.people {
        0 => (String::new(), "Nobody is waiting.".to_owned()),
        1 => ("One person waits".to_owned(), format!(" for an answer, for {span} now.")),
        n => (
            capitalize(&format!("{} people wait", format_count(n))),
            format!(" for an answer, the longest for {span}."),
        ),
    };
    // The key figures below show how people felt, so that complaints take precedence here.
    let felt = if recovery.complaints() == 0 { felt(happiness, &when) } else { won_back(recovery) };
    Headline { who, how_long, felt }
}

fn felt(Csat { happy, all }: Csat, when: &str) -> String {
    let are = if happy == 1 { "is" } else { "are" };
    match all {
        0 => format!("Nobody has answered {when}."),
        1 if happy == 1 => "One person has answered, and is happy.".to_owned(),
        1 => "One person has answered, and is not happy.".to_owned(),
        2 if happy == 2 => "Two people have answered, both happy.".to_owned(),
        _ if happy == all && all < crate::domain::csat::FEW => {
            format!("{}, all of them happy.", format_answered(all))
        }
        _ if happy == 0 && all < crate::domain::csat::FEW => {
            format!("{}, none of them happy.", format_answered(all))
        }
        _ if all < crate::domain::csat::FEW => {
            format!("{}; {} {are} happy.", format_answered(all), format_count(happy))
        }
        _ if happy == all => format!("All {} who answered were happy.", format_number(all)),
        _ => {
            let were = if happy == 1 { "was" } else { "were" };
            format!("Of {} who answered, {} {were} happy.", format_number(all), format_count(happy))
        }
    }
}

fn format_answered(all: u64) -> String {
    capitalize(&format!("{} have answered", format_many(all, "person", "people")))
}

/// The comparison with the period before, in words.
pub fn format_comparison(now: Csat, before: Csat, days: u32) -> Option<String> {
    let (share, range) = (now.percent()?, now.range()?);
    if now.is_few() {
        return None;
    }
    let earlier = format!("the {days} days before");
    let (Some(share_before), Some(range_before)) = (before.percent(), before.range()) else {
        return Some(format!("{share} of 100 were happy. There are no answers from {earlier} to compare."));
    };
    if before.is_few() {
        let few = format_many(before.all, "answer", "answers");
        return Some(format!(
            "{share} of 100 were happy. From {earlier} there are {few}, too few to compare."
        ));
    }
    let ends = |r: crate::domain::csat::Interval| {
        format!("{} to {}", crate::domain::csat::percent(r.low), crate::domain::csat::percent(r.high))
    };
    let random = if range.is_apart_from(range_before) {
        "do not touch, so this is hardly chance"
    } else {
        "overlap, so it may be chance"
    };
    Some(format!(
        "{share} of 100 were happy, {share_before} in {earlier}. The likely ranges ({}, {}) {random}.",
        ends(range),
        ends(range_before)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::conversation::Stage;

    fn text_of(people: u64, longest_ms: i64, happy: i64, all: i64) -> String {
        let when = "in the last 30 days".to_owned();
        let waiting = WaitingCount { people, longest_ms };
        let s = headline(waiting, Csat::new(happy, all), &Recovery::default(), when);
        format!("{}{} {}", s.who, s.how_long, s.felt).replace('\u{a0}', " ")
    }

    #[test]
    fn who_waits_comes_first() {
        let hours = 3_600_000;
        assert_eq!(
            text_of(3, 5 * hours, 512, 612),
            "Three people wait for an answer, the longest for five hours. Of 612 who answered, 512 were happy."
        );
        assert_eq!(
            text_of(1, 20_000, 0, 1),
            "One person waits for an answer, for less than a minute now. One person has answered, and is not happy."
        );
        assert_eq!(
            text_of(12, 30 * hours, 30, 30),
            "12 people wait for an answer, the longest for 30 hours. All 30 who answered were happy."
        );
    }

    #[test]
    fn who_complained_comes_before_how_people_felt() {
        let recovery =
            Recovery { stages: [(Stage::Recovered, 29), (Stage::InHand, 12)].into(), ..Recovery::default() };
        let text = headline(WaitingCount::default(), Csat::new(512, 612), &recovery, String::new());
        assert_eq!(text.felt, "Of 41 who complained, 29 were won back.");
    }

    #[test]
    fn the_headline_says_that_no_one_waits() {
        assert_eq!(text_of(0, 0, 0, 0), "Nobody is waiting. Nobody has answered in the last 30 days.");
        assert_eq!(text_of(0, 0, 5, 7), "Nobody is waiting. Seven people have answered; five are happy.");
        assert_eq!(text_of(0, 0, 1, 7), "Nobody is waiting. Seven people have answered; one is happy.");
        assert_eq!(text_of(0, 0, 0, 4), "Nobody is waiting. Four people have answered, none of them happy.");
        assert_eq!(text_of(0, 0, 2, 2), "Nobody is waiting. Two people have answered, both happy.");
        assert_eq!(text_of(0, 0, 1, 40), "Nobody is waiting. Of 40 who answered, one was happy.");
    }

    #[test]
    fn a_difference_is_called_random_unless_it_hardly_is() {
        let (good, worse) = (Csat::new(270, 303), Csat::new(243, 309));
        assert_eq!(
            format_comparison(good, worse, 90).unwrap(),
            "89 of 100 were happy, 79 in the 90 days before. The likely ranges (85 to 92, 74 to 83) do not touch, \
             so this is hardly chance."
        );
        assert!(format_comparison(good, Csat::new(250, 290), 90).unwrap().contains("may be chance"));
        assert!(
            format_comparison(good, Csat::new(9, 10), 90)
                .unwrap()
                .contains("ten answers, too few to compare")
        );
        assert!(
            format_comparison(good, Csat::default(), 90)
                .unwrap()
                .contains("no answers from the 90 days before")
        );
        assert_eq!(format_comparison(Csat::new(9, 10), good, 90), None);
    }
}
