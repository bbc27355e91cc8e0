//! Who else may hear about it: a rule of thumb in ranges, and never one number.

use crate::domain::shop_settings::WordOfMouth;
use crate::text::phrases::{format_count, format_number};

/// What the page says of word of mouth.
pub struct WordOfMouthView {
    /// How many may hear of those who were unhappy and are not won back; empty if there are none.
    pub unhappy: Option<ReferralEstimate>,
    /// How many probably won't, because so many were won back.
    pub kept: Option<ReferralEstimate>,
    /// How many may hear of those who gave a 5.
    pub delighted: Option<ReferralEstimate>,
    /// What was multiplied, in words.
    pub rule: String,
    /// Where the numbers can be changed; empty where they cannot.
    pub change_href: String,
}

/// From how many to how many, and because of whom.
pub struct ReferralEstimate {
    /// `60 to 90`.
    pub range: String,
    /// How many people it comes from, in words.
    pub of: String,
}

/// The estimate for so many unhappy people who were not won back, won back, and delighted; `None` if there is nobody of
/// either.
pub fn view(
    unhappy: u64,
    won_back: u64,
    delighted: u64,
    rule: WordOfMouth,
    change_href: &str,
) -> Option<WordOfMouthView> {
    let heard = |people: u64, from: u32, to: u32| {
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
        unhappy: heard(unhappy, rule.unhappy_from, rule.unhappy_to),
        kept: heard(won_back, rule.unhappy_from, rule.unhappy_to),
        delighted: heard(delighted, rule.delighted_from, rule.delighted_to),
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
        let told = view(3, 29, 400, WordOfMouth::default(), "").unwrap();
        let said = |heard: Option<ReferralEstimate>| heard.map(|h| format!("{} of {}", h.range, h.of));
        assert_eq!(said(told.unhappy).unwrap(), "60 to 90 of three");
        assert_eq!(said(told.kept).unwrap(), "580 to 870 of 29");
        assert_eq!(said(told.delighted).unwrap(), "2,800 to 4,000 of 400");
        let unhappy = view(3, 0, 0, WordOfMouth::default(), "").unwrap();
        assert!(unhappy.kept.is_none() && unhappy.delighted.is_none());
        assert!(view(0, 0, 0, WordOfMouth::default(), "").is_none());
    }
}
