//! Words that are in more of the newest comments than before.

use crate::db::full_text_search::tokenize;
use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases::format_number;
use std::collections::HashMap;

/// Newest comments of each period: reading more costs more than it tells.
pub const COMMENTS_MAX: i64 = 200;
const WORDS_MAX: usize = 6;
/// Shorter words seldom name a thing.
const WORD_MIN_CHARS: usize = 4;

pub struct RisingWord {
    /// In lower case.
    pub word: String,
    /// Link to the comments with it.
    pub href: String,
    /// In how many comments it is, in words.
    pub counts: String,
}

/// The words that grew most come first. Frequent words such as "and" are as frequent before, so that no list of them is
/// needed in any language.
pub fn words(
    now: &[String],
    before: &[String],
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> Vec<RisingWord> {
    let (now_counts, before_counts) = (count_words(now), count_words(before));
    let share = |n: u64, comments: &[String]| Csat { happy: n, all: comments.len() as u64 };
    if share(0, now).is_few() || share(0, before).is_few() {
        return Vec::new();
    }
    let mut rising: Vec<(f64, &String, u64, u64)> = now_counts
        .iter()
        .filter(|(word, n)| **n >= TOO_FEW && word.chars().count() >= WORD_MIN_CHARS)
        .filter_map(|(word, n)| {
            let n_before = before_counts.get(word).copied().unwrap_or(0);
            let (a, b) = (share(*n, now).range()?, share(n_before, before).range()?);
            // The least growth within the likely ranges.
            (a.low > b.high).then_some((a.low - b.high, word, *n, n_before))
        })
        .collect();
    rising.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let row = |(_, word, n, n_before): (f64, &String, u64, u64)| RisingWord {
        word: word.clone(),
        href: to(&ResponseFilter { text: word.clone(), ..period.clone() }),
        counts: format!(
            "{} of {} comments, {} of {} before",
            format_number(n),
            format_number(now.len() as u64),
            format_number(n_before),
            format_number(before.len() as u64)
        ),
    };
    rising.into_iter().take(WORDS_MAX).map(row).collect()
}

/// The number of comments with each word.
fn count_words(comments: &[String]) -> HashMap<String, u64> {
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
    fn words_that_are_always_frequent_do_not_rise() {
        let counts = |n: usize, text: &str| vec![text.to_owned(); n];
        let before =
            [counts(40, "Lovely bowls and fast"), counts(4, "The handle is loose, the handle!")].concat();
        let now = [counts(30, "Lovely bowls and fast"), counts(25, "The HANDLE came off my kettle")].concat();
        let rising = words(&now, &before, ResponseFilter::query, &ResponseFilter::default());
        let words_found: Vec<&str> = rising.iter().map(|r| r.word.as_str()).collect();
        assert_eq!(words_found, ["came", "kettle", "handle"]);
        assert_eq!(rising[2].counts, "25 of 55 comments, 4 of 44 before");
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
