//! How it was: a rating, the scale it was asked on, and the mood it stands for.

use crate::refusal::{Code, Refusal};
use crate::string_enum;

/// 1 to 5, 5 best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

impl Rating {
    /// A rating from a number.
    ///
    /// # Errors
    /// [`Code::RatingOutOfRange`] unless `n` is 1, 2, 3, 4 or 5.
    pub fn parse(n: i64) -> Result<Self, Refusal> {
        match u8::try_from(n) {
            Ok(n @ 1..=5) => Ok(Self(n)),
            _ => Err(Refusal::of("rating", Code::RatingOutOfRange)),
        }
    }

    /// 1 to 5, 5 best.
    pub fn get(self) -> u8 {
        self.0
    }

    /// What the rating says about the visitor.
    pub fn mood(self) -> Mood {
        match self.0 {
            1 | 2 => Mood::Unhappy,
            3 => Mood::Middling,
            _ => Mood::Happy,
        }
    }
}

/// What a rating stands for: *unhappy* is 1–2, *middling* 3, *happy* 4–5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// 4 or 5.
    Happy,
    /// 3.
    Middling,
    /// 1 or 2.
    Unhappy,
}

string_enum! {
    /// How the question is drawn; travels with the response, so that answers given on different scales can be told apart.
    /// In the order in which a setting shows them.
    #[derive(Default)]
    Scale {
        /// Three faces: 5, 3 and 1. The default, because "so-so" is where most useful words come from.
        #[default]
        ThreeFaces = "three_faces",
        /// Two thumbs: 5 and 1.
        Thumbs = "thumbs",
        /// Five faces: 5 to 1.
        FiveFaces = "five_faces",
    }
}

impl Scale {
    /// The ratings that can be given on this scale, best first.
    pub fn ratings(self) -> &'static [u8] {
        match self {
            Self::Thumbs => &[5, 1],
            Self::ThreeFaces => &[5, 3, 1],
            Self::FiveFaces => &[5, 4, 3, 2, 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_to_five_is_a_rating() {
        let taken: Vec<u8> = (-300..300).filter_map(|n| Rating::parse(n).ok()).map(Rating::get).collect();
        assert_eq!(taken, [1, 2, 3, 4, 5]);
    }

    #[test]
    fn every_scale_offers_only_ratings_and_both_ends() {
        for scale in Scale::ALL {
            let r = scale.ratings();
            assert_eq!((r.first(), r.last()), (Some(&5), Some(&1)));
            assert!(r.iter().all(|&n| Rating::parse(i64::from(n)).is_ok()));
            assert_eq!(Scale::named(scale.as_str()), Some(*scale));
        }
    }
}
