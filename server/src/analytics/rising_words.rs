//! Words that come up more than before: in the newest comments of a period, beside the newest of the one before.

use crate::db::full_text_search::tokenize;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::format_number;
use std::collections::HashMap;

/// How many of the newest comments of each period are looked at: more would cost more than they tell.
pub const LOOKED_AT: i64 = 200;
/// How many words stand on the page.
const SHOWN: usize = 6;
/// Shorter words are hardly ever what something is about.
const WORD_MIN_CHARS: usize = 4;

/// A word that comes up more.
pub struct RisingWord {
    /// The word, in small letters.
    pub word: String,
    /// Comments with it.
    pub href: String,
    /// How many comments have it, in words.
    pub said: String,
}

/// The words that are in clearly more comments than before, those that grew most first. What is in most comments anyway, such
/// as "and", is in as many before: so no list of such words is needed, in no language.
pub fn words(
    now: &[String],
    before: &[String],
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> Vec<RisingWord> {
    let (here, earlier) = (counted(now), counted(before));
    let of = |n: u64, comments: &[String]| Csat { happy: n, all: comments.len() as u64 };
    if of(0, now).is_few() || of(0, before).is_few() {
        return Vec::new();
    }
    let mut rising: Vec<(f64, &String, u64, u64)> = here
        .iter()
        .filter(|(word, n)| **n >= TOO_FEW && word.chars().count() >= WORD_MIN_CHARS)
        .filter_map(|(word, n)| {
            let n_before = earlier.get(word).copied().unwrap_or(0);
            let (a, b) = (of(*n, now).range()?, of(n_before, before).range()?);
            // By how much it grew for sure.
            (a.low > b.high).then_some((a.low - b.high, word, *n, n_before))
        })
        .collect();
    rising.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let one = |(_, word, n, n_before): (f64, &String, u64, u64)| RisingWord {
        word: word.clone(),
        href: to(&ResponseFilter { text: word.clone(), ..period.clone() }),
        said: format!(
            "{} of {} comments, {} of {} before",
            format_number(n),
            format_number(now.len() as u64),
            format_number(n_before),
            format_number(before.len() as u64)
        ),
    };
    rising.into_iter().take(SHOWN).map(one).collect()
}

/// In how many comments each word is.
fn counted(comments: &[String]) -> HashMap<String, u64> {
    let mut all = HashMap::new();
    for comment in comments {
        for word in tokenize([comment.as_str()]).split(' ').filter(|word| !word.is_empty()) {
            *all.entry(word.to_owned()).or_default() += 1;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_always_says_does_not_rise() {
        let said = |n: usize, text: &str| vec![text.to_owned(); n];
        let before =
            [said(40, "Lovely bowls and fast"), said(4, "The handle is loose, the handle!")].concat();
        let now = [said(30, "Lovely bowls and fast"), said(25, "The HANDLE came off my kettle")].concat();
        let rising = words(&now, &before, ResponseFilter::query, &ResponseFilter::default());
        let told: Vec<&str> = rising.iter().map(|r| r.word.as_str()).collect();
        assert_eq!(told, ["came", "kettle", "handle"]);
        assert_eq!(rising[2].said, "25 of 55 comments, 4 of 44 before");
        assert_eq!(rising[1].href, "q=kettle");
    }

    #[test]
    fn a_few_comments_tell_nothing() {
        let few = vec!["kettle".to_owned(); 29];
        assert!(
            words(&few, &vec!["bowl".to_owned(); 100], ResponseFilter::query, &ResponseFilter::default())
                .is_empty()
        );
        assert!(
            words(
                &vec!["kettle".to_owned(); 100],
                &few[..9],
                ResponseFilter::query,
                &ResponseFilter::default()
            )
            .is_empty()
        );
    }
}
