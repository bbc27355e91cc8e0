//! A visitor's rating, the scale of the question, and the mood that a rating stands for.

use crate::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};

/// 1 to 5, 5 best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

impl Rating {
    /// Makes a rating from a number.
    ///
    /// # Errors
    /// [`Code::RatingOutOfRange`] unless `n` is 1, 2, 3, 4 or 5.
    pub fn parse(n: i64) -> Result<Self, Refusal> {
        match u8::try_from(n) {
            Ok(n @ 1..=5) => Ok(Self(n)),
            _ => Err(Refusal::of("rating", Code::RatingOutOfRange)),
        }
    }

    /// The number: 1 to 5, 5 best.
    pub fn get(self) -> u8 {
        self.0
    }

    /// The mood that it stands for.
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

/// How the question is drawn. Each response carries it, so that ratings on different scales can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Scale {
    /// Two thumbs: 5 and 1.
    #[serde(rename = "thumbs")]
    Thumbs,
    /// Three faces: 5, 3 and 1. The default, because visitors who choose "so-so" write the most useful comments.
    #[default]
    #[serde(rename = "three_faces")]
    ThreeFaces,
    /// Five faces: 5 to 1.
    #[serde(rename = "five_faces")]
    FiveFaces,
}

impl Scale {
    /// Every scale, in the order in which the settings show them.
    pub const ALL: [Self; 3] = [Self::ThreeFaces, Self::Thumbs, Self::FiveFaces];

    /// The ratings that this scale offers, best first.
    pub fn ratings(self) -> &'static [u8] {
        match self {
            Self::Thumbs => &[5, 1],
            Self::ThreeFaces => &[5, 3, 1],
            Self::FiveFaces => &[5, 4, 3, 2, 1],
        }
    }

    /// The name in JSON, columns and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Thumbs => "thumbs",
            Self::ThreeFaces => "three_faces",
            Self::FiveFaces => "five_faces",
        }
    }

    /// The scale with this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
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
            assert_eq!(Scale::named(scale.as_str()), Some(scale));
        }
    }
}
