//! A rating as the owner sees it: the drawn face and the word that the visitor tapped.

use shared::faces::faces;
use shared::moment::Moment;
use shared::rating::{Mood, Rating, Scale};
use shared::words::{Language, Word};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// Id in `icons.html`.
    pub icon: &'static str,
    /// CSS class.
    pub class: &'static str,
    /// In the visitor's words.
    pub word: &'static str,
}

impl Face {
    /// The face of a rating on its scale and at its moment; a rating that the scale does not have looks like its mood.
    pub fn new(rating: i64, scale: Scale, moment: Moment) -> Self {
        let tapped = faces(scale, moment).iter().find(|f| i64::from(f.rating) == rating);
        let mood = Rating::parse(rating).map_or(Mood::Middling, Rating::mood);
        tapped.map_or_else(
            || Self::of_mood(mood),
            |face| Self { icon: icon(face.kind), class: class(mood), word: face.label.say(Language::En) },
        )
    }

    pub fn of_mood(mood: Mood) -> Self {
        let (kind, word) = match mood {
            Mood::Happy => ("good", Word::AllGood),
            Mood::Middling => ("mid", Word::SoSo),
            Mood::Unhappy => ("bad", Word::NotOkay),
        };
        Self { icon: icon(kind), class: class(mood), word: word.say(Language::En) }
    }
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "up" => "f-up",
        "down" => "f-down",
        "great" => "f-great",
        "good" => "f-good",
        "bad" => "f-bad",
        "awful" => "f-awful",
        _ => "f-mid",
    }
}

fn class(mood: Mood) -> &'static str {
    match mood {
        Mood::Happy => "is-good",
        Mood::Middling => "is-mid",
        Mood::Unhappy => "is-bad",
    }
}

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
        for (scale, moment) in Scale::ALL.iter().flat_map(|s| Moment::ALL.iter().map(|m| (*s, *m))) {
            let shown: Vec<Face> =
                scale.ratings().iter().map(|n| Face::new(i64::from(*n), scale, moment)).collect();
            for (i, face) in shown.iter().enumerate() {
                assert!(!shown[..i].contains(face), "{scale:?} {face:?}");
            }
        }
    }

    #[test]
    fn the_word_is_the_one_that_was_tapped() {
        assert_eq!(Face::new(1, Scale::ThreeFaces, Moment::AnyTime).word, "Not okay");
        assert_eq!(Face::new(1, Scale::ThreeFaces, Moment::AfterCheckout).word, "Not really");
        assert_eq!(Face::new(2, Scale::Thumbs, Moment::AnyTime).icon, "f-bad");
        assert_eq!(Face::new(7, Scale::FiveFaces, Moment::AnyTime).class, "is-mid");
    }
}
