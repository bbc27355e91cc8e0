//! What became of complaints, and how fast the first reply came. Figures belong to the period of the complaint, whenever the
//! reply or the remedy came.

use crate::analytics::chart;
use crate::domain::counters::duration_histogram::{bucket, middle_ms, quantile_ms};
use crate::domain::csat;
use crate::domain::csat::Csat;
use crate::domain::response_filter::{ResponseFilter, Step};
use crate::text::phrases::{format_number, format_span_short};
use shared::conversation::Stage;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Complaints by their current stage.
    pub stages: BTreeMap<Stage, u64>,
    /// Complaints with at least one reply.
    pub answered: u64,
    /// Complaints that were ever put right.
    pub put_right: u64,
    /// Complaints whose visitor was asked whether it is okay now, since the last remedy.
    pub asked: u64,
    /// First reply times in opening hours, by histogram bucket.
    pub first_reply: BTreeMap<String, u64>,
}

impl Recovery {
    pub fn complaints(&self) -> u64 {
        self.stages.values().sum()
    }

    pub fn count_at(&self, stage: Stage) -> u64 {
        self.stages.get(&stage).copied().unwrap_or(0)
    }

    pub fn recovered(&self) -> u64 {
        self.count_at(Stage::Recovered)
    }

    /// Median and ninth decile of the first reply time in opening hours; `None` with too few replies. The buckets make them
    /// wrong by at most 4.4 %.
    pub fn first_reply_ms(&self) -> Option<(f64, f64)> {
        if self.first_reply.values().sum::<u64>() < csat::TOO_FEW {
            return None;
        }
        let at = |part| quantile_ms(self.first_reply.iter().map(|(key, n)| (key.as_str(), *n)), part);
        Some((at(0.5)?, at(0.9)?))
    }

    /// First replies within the promise (`happy`) among all (`all`). The bucket of the promise counts as kept, which is wrong
    /// by at most 9 %.
    pub fn promises_kept(&self, promise_ms: i64) -> Csat {
        let last = bucket(promise_ms);
        let kept = self.first_reply.iter().filter(|(key, _)| **key <= last).map(|(_, n)| n).sum();
        Csat { happy: kept, all: self.first_reply.values().sum() }
    }
}

/// A step of the funnel.
pub struct FunnelRow {
    pub name: &'static str,
    /// Link to the responses.
    pub href: String,
    pub people: String,
    /// The share of an earlier step, in words.
    pub rate: String,
    /// In percent of all complaints.
    pub width: String,
    /// Whether it is one of the three outcomes of the question "is it okay now?".
    pub is_end: bool,
}

pub fn funnel(
    recovery: &Recovery,
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> Vec<FunnelRow> {
    let all = recovery.complaints();
    let asked = recovery.asked;
    let steps = [
        ("Complaints", None, all, None, false),
        ("Answered", Some(Step::Answered), recovery.answered, Some(("of those who complained", all)), false),
        (
            "Put right",
            Some(Step::OncePutRight),
            recovery.put_right,
            Some(("of those who were answered", recovery.answered)),
            false,
        ),
        (
            "Asked “is it okay now?”",
            Some(Step::Asked),
            asked,
            Some(("of those put right", recovery.put_right)),
            false,
        ),
        (
            "Won back",
            Some(Step::Recovered),
            recovery.recovered(),
            Some(("of those who complained", all)),
            true,
        ),
        (
            "Not okay yet",
            Some(Step::Reopened),
            recovery.count_at(Stage::Reopened),
            Some(("of those who complained", all)),
            true,
        ),
        (
            "Did not say",
            Some(Step::Unconfirmed),
            recovery.count_at(Stage::Unconfirmed),
            Some(("of those who complained", all)),
            true,
        ),
    ];
    let row = |(name, step, people, of, is_end): (_, Option<Step>, u64, Option<(&str, u64)>, bool)| {
        let filter = ResponseFilter { step, complaints: true, ..period.clone() };
        let rate = of.and_then(|(of_whom, of)| {
            let share = Csat { happy: people.min(of), all: of };
            if share.is_few() {
                (of > 0).then(|| format!("of {}", format_number(of)))
            } else {
                share.percent().map(|percent| format!("{percent}\u{a0}% {of_whom}"))
            }
        });
        FunnelRow {
            name,
            href: to(&filter),
            people: format_number(people),
            rate: rate.unwrap_or_default(),
            width: chart::percent(if all == 0 { 0.0 } else { people as f64 / all as f64 }),
            is_end,
        }
    };
    steps.into_iter().map(row).collect()
}

/// The first reply times in words.
pub struct FirstReply {
    pub median: String,
    /// The ninth decile.
    pub nine_of_ten: String,
    /// Empty without a promise.
    pub promise: String,
    /// How often the promise was kept; empty without a promise.
    pub kept: String,
}

/// `None` with too few replies.
pub fn first_reply(recovery: &Recovery, promise_ms: Option<i64>) -> Option<FirstReply> {
    let (median, nine_of_ten) = recovery.first_reply_ms()?;
    let format = |ms: f64| format_span_short(ms as i64);
    let kept =
        promise_ms.map(|promise_ms| recovery.promises_kept(promise_ms)).map(|kept| match kept.percent() {
            Some(percent) if !kept.is_few() => format!("{percent}\u{a0}%"),
            _ => format!("{} of {}", format_number(kept.happy), format_number(kept.all)),
        });
    Some(FirstReply {
        median: format(median),
        nine_of_ten: format(nine_of_ten),
        promise: promise_ms.map(format_span_short).unwrap_or_default(),
        kept: kept.unwrap_or_default(),
    })
}

/// A bar of the distribution of first reply times.
pub struct ReplyRow {
    /// `15 to 30 min`.
    pub name: &'static str,
    pub replies: String,
    /// In percent of the most frequent.
    pub width: String,
    /// Whether these replies came later than promised.
    pub is_late: bool,
}

pub fn replies(recovery: &Recovery, promise_ms: Option<i64>) -> Vec<ReplyRow> {
    const MINUTE: f64 = 60_000.0;
    const STEPS: [(&str, f64); 6] = [
        ("Under 15 min", 15.0 * MINUTE),
        ("15 to 30 min", 30.0 * MINUTE),
        ("30 to 60 min", 60.0 * MINUTE),
        ("1 to 2 h", 120.0 * MINUTE),
        ("2 to 4 h", 240.0 * MINUTE),
        ("Over 4 h", f64::MAX),
    ];
    let mut counts = [0u64; STEPS.len()];
    for (key, n) in &recovery.first_reply {
        let Some(ms) = middle_ms(key) else { continue };
        if let Some(count) = STEPS.iter().position(|(_, until)| ms < *until).and_then(|i| counts.get_mut(i)) {
            *count += n;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let mut from_ms = 0.0;
    let rows = STEPS.iter().zip(counts).map(|((name, until_ms), n)| {
        let is_late = promise_ms.is_some_and(|promise_ms| from_ms >= promise_ms as f64);
        from_ms = *until_ms;
        ReplyRow { name, replies: format_number(n), width: chart::percent(n as f64 / most as f64), is_late }
    });
    rows.collect()
}

/// The share of complaints that were won back, in a sentence; empty without complaints.
pub fn won_back(recovery: &Recovery) -> String {
    let (all, won) = (recovery.complaints(), recovery.recovered());
    match (all, won) {
        (0, _) => String::new(),
        (1, 0) => "One person complained, and is not won back yet.".to_owned(),
        (1, _) => "The one person who complained was won back.".to_owned(),
        (all, 0) => {
            format!("Of {} who complained, nobody is won back yet.", crate::text::phrases::format_count(all))
        }
        (all, 1) => {
            format!("Of {} who complained, one was won back.", crate::text::phrases::format_count(all))
        }
        (all, won) => format!(
            "Of {} who complained, {} were won back.",
            crate::text::phrases::format_count(all),
            crate::text::phrases::format_count(won)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn some() -> Recovery {
        let stages =
            [(Stage::Recovered, 22), (Stage::Reopened, 3), (Stage::Unconfirmed, 5), (Stage::InHand, 10)];
        let replies = [(10, 20), (60, 15), (600, 3)].map(|(minutes, n)| (bucket(minutes * MINUTE), n));
        Recovery {
            stages: stages.into(),
            answered: 38,
            put_right: 32,
            asked: 30,
            first_reply: replies.into(),
        }
    }

    #[test]
    fn each_step_is_told_of_the_step_before_and_the_ends_of_all() {
        let rows = funnel(&some(), |filter| filter.query(), &ResponseFilter::default());
        let texts: Vec<String> = rows.iter().map(|r| format!("{} {} {}", r.name, r.people, r.rate)).collect();
        assert_eq!(
            texts.join("; ").replace('\u{a0}', " "),
            "Complaints 40 ; Answered 38 95 % of those who complained; Put right 32 84 % of those who were answered; \
             Asked “is it okay now?” 30 94 % of those put right; Won back 22 55 % of those who complained; \
             Not okay yet 3 8 % of those who complained; Did not say 5 13 % of those who complained"
        );
        assert_eq!(rows[4].href, "complaints=1&step=recovered");
        assert_eq!(rows[0].href, "complaints=1");
    }

    #[test]
    fn a_few_are_told_as_a_few() {
        let few =
            Recovery { stages: [(Stage::Recovered, 2), (Stage::Received, 2)].into(), ..Recovery::default() };
        let rows = funnel(&few, |_| String::new(), &ResponseFilter::default());
        assert_eq!((rows[4].people.as_str(), rows[4].rate.as_str()), ("2", "of 4"));
        assert!(first_reply(&few, Some(MINUTE)).is_none());
    }

    #[test]
    fn the_promise_is_kept_by_those_who_were_as_fast() {
        let some = some();
        let reply = first_reply(&some, Some(60 * MINUTE)).unwrap();
        assert_eq!((reply.kept.as_str(), reply.promise.as_str()), ("92\u{a0}%", "1\u{a0}h\u{a0}00"));
        assert_eq!(some.promises_kept(10 * MINUTE), Csat { happy: 20, all: 38 });
        let (median, nine) = some.first_reply_ms().unwrap();
        assert!((median / (10.0 * MINUTE as f64) - 1.0).abs() < 0.045, "{median}");
        assert!((nine / (60.0 * MINUTE as f64) - 1.0).abs() < 0.045, "{nine}");
        assert_eq!(first_reply(&some, None).unwrap().kept, "");
    }

    #[test]
    fn what_came_after_the_promise_is_late() {
        let rows = replies(&some(), Some(60 * MINUTE));
        let texts: Vec<(&str, &str, bool)> =
            rows.iter().map(|r| (r.name, r.replies.as_str(), r.is_late)).collect();
        assert_eq!(
            texts,
            [
                ("Under 15 min", "20", false),
                ("15 to 30 min", "0", false),
                ("30 to 60 min", "0", false),
                ("1 to 2 h", "15", true),
                ("2 to 4 h", "0", true),
                ("Over 4 h", "3", true),
            ]
        );
        assert!(replies(&Recovery::default(), None).is_empty());
    }

    #[test]
    fn won_back_is_said_as_people_say_it() {
        let of = |recovered, others| {
            let stages = [(Stage::Recovered, recovered), (Stage::InHand, others)];
            won_back(&Recovery { stages: stages.into(), ..Recovery::default() })
        };
        assert_eq!(of(0, 0), "");
        assert_eq!(of(0, 1), "One person complained, and is not won back yet.");
        assert_eq!(of(1, 0), "The one person who complained was won back.");
        assert_eq!(of(0, 3), "Of three who complained, nobody is won back yet.");
        assert_eq!(of(1, 40), "Of 41 who complained, one was won back.");
        assert_eq!(of(22, 12), "Of 34 who complained, 22 were won back.");
    }
}
