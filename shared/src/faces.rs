//! The faces of the question. The collector draws them in the plain form and the widget draws over it, so both use
//! this.

use crate::moment::Moment;
use crate::rating::Scale;
use crate::words::Word;

/// One face that a visitor can tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// The label below it; every face has one.
    pub label: Word,
    /// The drawing: `up` and `down` for thumbs, else `great`, `good`, `mid`, `bad` or `awful`.
    pub kind: &'static str,
}

const fn face(rating: u8, label: Word, kind: &'static str) -> Face {
    Face { rating, label, kind }
}

/// The faces of a scale at a moment, best first, in the order of [`Scale::ratings`].
pub const fn faces(scale: Scale, moment: Moment) -> &'static [Face] {
    use Word::{AllGood, NotOkay, NotQuite, NotReally, Smoothly, SoSo, VeryBad, VeryGood};
    match (scale, moment) {
        (Scale::Thumbs, Moment::AfterCheckout) => {
            const { &[face(5, Smoothly, "up"), face(1, NotReally, "down")] }
        }
        (Scale::Thumbs, _) => const { &[face(5, AllGood, "up"), face(1, NotQuite, "down")] },
        (Scale::ThreeFaces, Moment::AfterCheckout) => {
            const { &[face(5, Smoothly, "good"), face(3, SoSo, "mid"), face(1, NotReally, "bad")] }
        }
        (Scale::ThreeFaces, _) => {
            const { &[face(5, AllGood, "good"), face(3, SoSo, "mid"), face(1, NotOkay, "bad")] }
        }
        (Scale::FiveFaces, _) => {
            const {
                &[
                    face(5, VeryGood, "great"),
                    face(4, AllGood, "good"),
                    face(3, SoSo, "mid"),
                    face(2, NotOkay, "bad"),
                    face(1, VeryBad, "awful"),
                ]
            }
        }
    }
}

/// The question that is asked at a moment.
pub const fn question(moment: Moment) -> Word {
    match moment {
        Moment::AfterCheckout => Word::QuestionAfterCheckout,
        _ => Word::Question,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_shows_exactly_the_ratings_it_can_give() {
        for scale in Scale::ALL {
            for moment in Moment::ALL {
                let shown: Vec<u8> = faces(*scale, *moment).iter().map(|f| f.rating).collect();
                assert_eq!(shown, scale.ratings(), "{scale:?} {moment:?}");
            }
        }
    }
}
