//! Where the visitor is, and which step follows.

use crate::answer::Answer;
use crate::delivery::{Outcome, TRIES_IN_SIGHT};

/// One view of the widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The question with its faces.
    Question,
    /// All good: one tap, done.
    Happy,
    /// A line for the team, after all good.
    SayMore,
    /// Reasons and words, after not okay or so-so.
    Form,
    /// The same, on its way.
    Sending,
    /// On this device, and nowhere else yet.
    Saved,
    /// We do not answer.
    Failed,
    /// Not taken as it is.
    Refused,
    /// Stored, with its receipt.
    Sent,
    /// "Don't ask me again" was tapped.
    Never,
    /// What we keep.
    Keep,
    /// It was forgotten on this device.
    Forgotten,
    /// A conversation is being fetched.
    Opening,
    /// A conversation.
    Talk,
    /// Several of them.
    Talks,
    /// What else can be done with one.
    TalkMore,
    /// Whether it is really to be deleted.
    Erase,
    /// It was deleted.
    Erased,
    /// It cannot be fetched just now.
    TalkAway,
    /// It is not there (any more).
    TalkGone,
}

impl Step {
    /// What follows the tap on a face.
    pub fn after_face(answer: &Answer) -> Self {
        if answer.rating >= 4 { Self::Happy } else { Self::Form }
    }

    /// What a visitor who waits for a delivery sees after a try.
    pub fn after_try(outcome: &Outcome, tries: u32, online: bool) -> Self {
        match outcome {
            Outcome::Stored(_) => Self::Sent,
            Outcome::Refused { .. } => Self::Refused,
            Outcome::Unclear { .. } if !online => Self::Saved,
            // The collector says that it takes a while: no use in keeping somebody waiting.
            Outcome::Unclear { wait_ms: Some(wait) } if *wait > 5_000 => Self::Failed,
            Outcome::Unclear { .. } if tries >= TRIES_IN_SIGHT => Self::Failed,
            Outcome::Unclear { .. } => Self::Sending,
        }
    }

    /// Whether the visitor is through, so that the next opening begins anew.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Happy | Self::Sent | Self::Never | Self::Forgotten) || self.is_talk()
    }

    /// Whether it is about a conversation. What is written in one is kept, so another step may come at any time.
    pub fn is_talk(self) -> bool {
        match self {
            Self::Opening
            | Self::Talk
            | Self::Talks
            | Self::TalkMore
            | Self::Erase
            | Self::Erased
            | Self::TalkAway
            | Self::TalkGone => true,
            Self::Question
            | Self::Happy
            | Self::SayMore
            | Self::Form
            | Self::Sending
            | Self::Saved
            | Self::Failed
            | Self::Refused
            | Self::Sent
            | Self::Never
            | Self::Keep
            | Self::Forgotten => false,
        }
    }

    /// Whether it closes by itself when it is left alone.
    pub fn closes_by_itself(self) -> bool {
        matches!(self, Self::Happy | Self::Never | Self::Forgotten)
    }

    /// Whether there is enough to do in it that a phone dims the shop behind.
    pub fn dims(self) -> bool {
        !matches!(self, Self::Question | Self::Happy | Self::Never | Self::Forgotten)
    }

    /// Whether a delivery that ends now changes what is seen.
    pub fn waits(self) -> bool {
        matches!(self, Self::Sending | Self::Saved | Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::tests::answer;

    const UNCLEAR: Outcome = Outcome::Unclear { wait_ms: None };

    #[test]
    fn all_good_is_one_tap_and_all_else_may_say_more() {
        for (rating, step) in
            [(5, Step::Happy), (4, Step::Happy), (3, Step::Form), (2, Step::Form), (1, Step::Form)]
        {
            let mut said = answer("a");
            said.rating = rating;
            assert_eq!(Step::after_face(&said), step, "{rating}");
        }
    }

    #[test]
    fn sent_is_shown_only_when_it_is_stored() {
        assert_eq!(Step::after_try(&Outcome::Stored("K7Q-4MD".to_owned()), 1, true), Step::Sent);
        for (tries, online) in [(1, true), (9, true), (1, false)] {
            assert_ne!(Step::after_try(&UNCLEAR, tries, online), Step::Sent);
        }
    }

    #[test]
    fn without_a_connection_it_is_saved_and_with_one_we_admit_after_three_tries_that_we_do_not_answer() {
        assert_eq!(Step::after_try(&UNCLEAR, 1, false), Step::Saved);
        assert_eq!(Step::after_try(&UNCLEAR, 1, true), Step::Sending);
        assert_eq!(Step::after_try(&UNCLEAR, 3, true), Step::Failed);
        assert_eq!(Step::after_try(&Outcome::Unclear { wait_ms: Some(60_000) }, 1, true), Step::Failed);
    }

    #[test]
    fn whoever_is_in_the_middle_of_something_finds_it_again() {
        for step in
            [Step::Form, Step::SayMore, Step::Sending, Step::Saved, Step::Failed, Step::Refused, Step::Keep]
        {
            assert!(!step.is_finished() && !step.closes_by_itself(), "{step:?}");
        }
    }
}
