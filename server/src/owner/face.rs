//! A rating as it is shown to the owner: the drawn face and the word the visitor tapped.

use shared::rating::{Mood, Rating, Scale};
use shared::words::{Language, Word};

/// How a rating looks and reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Id of the drawn face in `icons.html`.
    pub icon: &'static str,
    /// Class that colours it.
    pub class: &'static str,
    /// The word under the face, as visitors read it.
    pub word: &'static str,
}

impl Face {
    /// The face of a rating on the scale it was given on. What cannot be a rating looks so-so.
    pub fn of(rating: i64, scale: Scale) -> Self {
        let Ok(rating) = Rating::parse(rating) else { return Self::of_mood(Mood::Middling) };
        match (scale, rating.get()) {
            (Scale::FiveFaces, 5) => Self::drawn("f-great", Mood::Happy, Word::VeryGood),
            (Scale::FiveFaces, 2) => Self::drawn("f-bad", Mood::Unhappy, Word::NotQuite),
            (Scale::FiveFaces, 1) => Self::drawn("f-awful", Mood::Unhappy, Word::VeryBad),
            _ => Self::of_mood(rating.mood()),
        }
    }

    /// The face of a mood.
    pub fn of_mood(mood: Mood) -> Self {
        match mood {
            Mood::Happy => Self::drawn("f-good", mood, Word::AllGood),
            Mood::Middling => Self::drawn("f-mid", mood, Word::SoSo),
            Mood::Unhappy => Self::drawn("f-bad", mood, Word::NotOkay),
        }
    }

    fn drawn(icon: &'static str, mood: Mood, word: Word) -> Self {
        let class = match mood {
            Mood::Happy => "is-good",
            Mood::Middling => "is-mid",
            Mood::Unhappy => "is-bad",
        };
        Self { icon, class, word: word.say(Language::En) }
    }
}

/// A scale in words.
pub fn scale(scale: Scale) -> &'static str {
    match scale {
        Scale::Thumbs => "two thumbs",
        Scale::ThreeFaces => "three faces",
        Scale::FiveFaces => "five faces",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rating_of_every_scale_has_its_own_face() {
        for scale in Scale::ALL {
            let faces: Vec<Face> = scale.ratings().iter().map(|n| Face::of(i64::from(*n), scale)).collect();
            for (i, face) in faces.iter().enumerate() {
                assert!(!faces[..i].contains(face), "{scale:?} {face:?}");
            }
        }
        assert_eq!(Face::of(1, Scale::ThreeFaces).word, "Not okay");
        assert_eq!(Face::of(7, Scale::FiveFaces).class, "is-mid");
    }
}
