//! Who else may hear about it: a rule of thumb in ranges, and never one number.

use crate::domain::shop_settings::Mouth;
use crate::text::phrases::{count, number};

/// What the page says of word of mouth.
pub struct MouthView {
    /// How many may hear of those who were unhappy and are not won back; empty if there are none.
    pub unhappy: Option<Heard>,
    /// How many probably won't, because so many were won back.
    pub kept: Option<Heard>,
    /// How many may hear of those who gave a 5.
    pub delighted: Option<Heard>,
    /// What was multiplied, in words.
    pub rule: String,
    /// Where the numbers can be changed; empty where they cannot.
    pub change_href: String,
}

/// From how many to how many, and because of whom.
pub struct Heard {
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
    rule: Mouth,
    change_href: &str,
) -> Option<MouthView> {
    let heard = |people: u64, from: u32, to: u32| {
        (people > 0).then(|| Heard {
            range: format!("{} to {}", number(people * u64::from(from)), number(people * u64::from(to))),
            of: count(people),
        })
    };
    (unhappy + won_back + delighted > 0).then(|| MouthView {
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
        let told = view(3, 29, 400, Mouth::default(), "").unwrap();
        let said = |heard: Option<Heard>| heard.map(|h| format!("{} of {}", h.range, h.of));
        assert_eq!(said(told.unhappy).unwrap(), "60 to 90 of three");
        assert_eq!(said(told.kept).unwrap(), "580 to 870 of 29");
        assert_eq!(said(told.delighted).unwrap(), "2,800 to 4,000 of 400");
        let unhappy = view(3, 0, 0, Mouth::default(), "").unwrap();
        assert!(unhappy.kept.is_none() && unhappy.delighted.is_none());
        assert!(view(0, 0, 0, Mouth::default(), "").is_none());
    }
}
