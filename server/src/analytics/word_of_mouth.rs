//! An estimate of how many others hear about it. It is a rule of thumb, shown as ranges only.

use crate::domain::shop_settings::WordOfMouth;
use crate::text::phrases::{format_count, format_number};

pub struct WordOfMouthView {
    /// Because of unhappy visitors who were not won back.
    pub unhappy: Option<ReferralEstimate>,
    /// Those who do not hear a complaint, since it was won back.
    pub prevented: Option<ReferralEstimate>,
    /// Because of ratings of 5.
    pub delighted: Option<ReferralEstimate>,
    /// The rule in words.
    pub rule: String,
    /// Where the rule can be changed; empty without the right to.
    pub change_href: String,
}

pub struct ReferralEstimate {
    /// `60 to 90`.
    pub range: String,
    /// The number of people it comes from, in words.
    pub of: String,
}

/// `None` without any of these people.
pub fn view(
    unhappy: u64,
    won_back: u64,
    delighted: u64,
    rule: WordOfMouth,
    change_href: &str,
) -> Option<WordOfMouthView> {
    let estimate = |people: u64, from: u32, to: u32| {
        (people > 0).then(|| ReferralEstimate {
            range: format!(
                "{} to {}",
                format_number(people * u64::from(from)),
                format_number(people * u64::from(to))
            ),
            of: format_count(people),
        })
    };
    (unhappy + won_back + delighted > 0).then(|| WordOfMouthView {
        unhappy: estimate(unhappy, rule.unhappy_from, rule.unhappy_to),
        prevented: estimate(won_back, rule.unhappy_from, rule.unhappy_to),
        delighted: estimate(delighted, rule.delighted_from, rule.delighted_to),
        rule: format!(
            "someone with a bad experience tells {} to {} others, and someone with a great one {} to {}",
            rule.unhappy_from, rule.unhappy_to, rule.delighted_from, rule.delighted_to
        ),
        change_href: change_href.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_range_or_nothing() {
        let shown = view(3, 29, 400, WordOfMouth::default(), "").unwrap();
        let text = |estimate: Option<ReferralEstimate>| estimate.map(|h| format!("{} of {}", h.range, h.of));
        assert_eq!(text(shown.unhappy).unwrap(), "60 to 90 of three");
        assert_eq!(text(shown.prevented).unwrap(), "580 to 870 of 29");
        assert_eq!(text(shown.delighted).unwrap(), "2,800 to 4,000 of 400");
        let unhappy = view(3, 0, 0, WordOfMouth::default(), "").unwrap();
        assert!(unhappy.prevented.is_none() && unhappy.delighted.is_none());
        assert!(view(0, 0, 0, WordOfMouth::default(), "").is_none());
    }
}
