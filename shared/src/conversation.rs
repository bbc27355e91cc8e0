//! The life of a complaint: its transitions, who makes them, and where they lead. Server and widget both obey it.

use crate::refusal::Code;
use crate::string_enum;

string_enum! {
    /// Where a conversation stands.
    Stage {
        /// The shop has not replied yet.
        Received = "received",
        /// A person of the shop has replied and works on it.
        InHand = "in_hand",
        /// The shop says that it has done what was to be done.
        PutRight = "put_right",
        /// The visitor says that it is not okay yet.
        Reopened = "reopened",
        /// The visitor says that it is okay now.
        Recovered = "recovered",
        /// The visitor was asked whether it is okay now, and has not answered.
        Unconfirmed = "unconfirmed",
        /// Nothing is to be answered, for a reason.
        SetAside = "set_aside",
    }
}

string_enum! {
    /// Why a conversation was set aside.
    AsideReason {
        /// There is nothing in it to answer.
        NothingToAnswer = "nothing_to_answer",
        /// It was answered on the telephone, across the counter, …
        AnsweredElsewhere = "answered_elsewhere",
        /// The same as another one.
        Duplicate = "duplicate",
        /// Not from a customer. Its sender can write no more.
        Spam = "spam",
    }
}

string_enum! {
    /// What was done to put it right.
    Remedy {
        /// Money back.
        Refund = "refund",
        /// Another thing for it.
        Exchange = "exchange",
        /// The same thing anew.
        Replacement = "replacement",
        /// Repaired, or made to work.
        Fix = "fix",
        /// Nothing was wrong but the understanding.
        Explanation = "explanation",
        /// Nothing could be done but to be sorry.
        Apology = "apology",
        /// Something else.
        Other = "other",
    }
}

/// What [`apply`] needs to know about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationSnapshot {
    /// Where it stands.
    pub stage: Stage,
    /// Whether a person of the shop has ever said anything in it.
    pub was_answered: bool,
    /// Whether it was ever put right.
    pub was_put_right: bool,
    /// Why it was set aside, if it is.
    pub aside: Option<AsideReason>,
}

/// Something that the shop, the visitor or the clock does with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// A person of the shop says something to the visitor.
    Reply,
    /// A person of the shop says that the remedy is done.
    PutRight(Remedy),
    /// A person of the shop decides that there is nothing to answer.
    SetAside(AsideReason),
    /// A person of the shop decides that what the visitor said last needs no answer.
    LetRest,
    /// A person of the shop takes back that it was put right or set aside.
    TakeBack,
    /// The visitor says something.
    Write,
    /// The visitor says that it is okay now.
    Okay,
    /// The visitor says that it is not.
    NotYet,
    /// The visitor was asked and did not answer for a long time.
    RunOut,
}

/// What a transition does to the visitor's waiting for a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// From now on they wait, unless they do already.
    Begins,
    /// They wait no more.
    Ends,
    /// As it was.
    Stays,
}

/// Where a transition leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransitionResult {
    /// Where the conversation stands then.
    pub stage: Stage,
    /// Whether the visitor waits for an answer then.
    pub waiting: WaitingFor,
}

/// Decides where a transition leads.
///
/// Only the visitor's own "okay" leads to [`Stage::Recovered`], and only where the shop had put something right; only a
/// reason leads to [`Stage::SetAside`].
///
/// # Errors
/// [`Code::AnswerFirst`] if it is put right before the shop has replied; [`Code::ConversationOver`] where it was
/// set aside as spam; [`Code::NotNow`] for any other transition that makes no sense in this stage.
pub fn apply(snapshot: ConversationSnapshot, what: Transition) -> Result<TransitionResult, Code> {
    use Stage::{InHand, PutRight, Received, Recovered, Reopened, SetAside, Unconfirmed};
    let to = |stage, waiting| Ok(TransitionResult { stage, waiting });
    let stage = snapshot.stage;
    match what {
        Transition::Reply => to(
            match stage {
                Received | Reopened | SetAside => InHand,
                InHand | PutRight | Recovered | Unconfirmed => stage,
            },
            WaitingFor::Ends,
        ),
        Transition::PutRight(_) => match stage {
            Received | InHand | Reopened if !snapshot.was_answered => Err(Code::AnswerFirst),
            Received | InHand | Reopened => to(PutRight, WaitingFor::Ends),
            PutRight | Recovered | Unconfirmed | SetAside => Err(Code::NotNow),
        },
        Transition::SetAside(_) => match stage {
            Received | InHand | Reopened => to(SetAside, WaitingFor::Ends),
            PutRight | Recovered | Unconfirmed | SetAside => Err(Code::NotNow),
        },
        Transition::LetRest => match stage {
            InHand | PutRight | Recovered | Unconfirmed => to(stage, WaitingFor::Ends),
            // What was never answered, and what is not okay, is not let rest without a reason.
            Received | Reopened | SetAside => Err(Code::NotNow),
        },
        Transition::TakeBack => match stage {
            PutRight => to(InHand, WaitingFor::Stays),
            SetAside if snapshot.was_answered => to(InHand, WaitingFor::Begins),
            SetAside => to(Received, WaitingFor::Begins),
            Received | InHand | Reopened | Recovered | Unconfirmed => Err(Code::NotNow),
        },
        Transition::Write => match stage {
            SetAside if snapshot.aside == Some(AsideReason::Spam) => Err(Code::ConversationOver),
            SetAside if snapshot.was_answered => to(InHand, WaitingFor::Begins),
            SetAside => to(Received, WaitingFor::Begins),
            Received | InHand | PutRight | Reopened | Recovered | Unconfirmed => {
                to(stage, WaitingFor::Begins)
            }
        },
        Transition::Okay => match stage {
            PutRight | Unconfirmed | Recovered => to(Recovered, WaitingFor::Ends),
            // Pressed "not yet" first, or a mail scanner did: the last word counts.
            InHand | Reopened if snapshot.was_put_right => to(Recovered, WaitingFor::Ends),
            Received | InHand | Reopened | SetAside => Err(Code::NotNow),
        },
        Transition::NotYet => match stage {
            PutRight | Unconfirmed | Recovered | Reopened => to(Reopened, WaitingFor::Begins),
            Received | InHand | SetAside => Err(Code::NotNow),
        },
        Transition::RunOut => match stage {
            PutRight => to(Unconfirmed, WaitingFor::Stays),
            Received | InHand | Reopened | Recovered | Unconfirmed | SetAside => Err(Code::NotNow),
        },
    }
}

impl ConversationSnapshot {
    /// As every conversation begins.
    pub const BEGUN: Self =
        Self { stage: Stage::Received, was_answered: false, was_put_right: false, aside: None };

    /// The same conversation after a transition.
    ///
    /// # Errors
    /// As [`apply`].
    pub fn then(self, what: Transition) -> Result<Self, Code> {
        let TransitionResult { stage, .. } = apply(self, what)?;
        Ok(Self {
            stage,
            was_answered: self.was_answered || what == Transition::Reply,
            was_put_right: self.was_put_right || matches!(what, Transition::PutRight(_)),
            aside: match what {
                Transition::SetAside(reason) => Some(reason),
                _ if stage == Stage::SetAside => self.aside,
                _ => None,
            },
        })
    }

    /// Whether the visitor may be asked "is it okay now?": after it was put right, and once for each time it was.
    pub fn may_be_asked(self, was_asked_since: bool) -> bool {
        self.stage == Stage::PutRight && !was_asked_since
    }

    /// Whether the visitor can say that it is okay now.
    pub fn can_be_okay(self) -> bool {
        self.stage != Stage::Recovered && apply(self, Transition::Okay).is_ok()
    }
}

impl Stage {
    /// Whether the shop is not done with it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::InHand | Self::Reopened)
    }

    /// The stage as it is shown to the visitor: that something was set aside, or that they have not answered, is said to
    /// nobody outside the shop.
    pub fn shown(self) -> Self {
        match self {
            Self::SetAside => Self::Received,
            Self::Unconfirmed => Self::PutRight,
            Self::Received | Self::InHand | Self::PutRight | Self::Reopened | Self::Recovered => self,
        }
    }

    /// How far it is for the visitor: 0 received, 1 being looked at, 2 put right, 3 okay again. Set aside looks received.
    pub fn progress(self) -> u8 {
        match self {
            Self::Received | Self::SetAside => 0,
            Self::InHand | Self::Reopened => 1,
            Self::PutRight | Self::Unconfirmed => 2,
            Self::Recovered => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_move() -> impl Strategy<Value = Transition> {
        prop_oneof![
            Just(Transition::Reply),
            proptest::sample::select(Remedy::ALL).prop_map(Transition::PutRight),
            proptest::sample::select(AsideReason::ALL).prop_map(Transition::SetAside),
            Just(Transition::LetRest),
            Just(Transition::TakeBack),
            Just(Transition::Write),
            Just(Transition::Okay),
            Just(Transition::NotYet),
            Just(Transition::RunOut),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_the_promises_of_the_life_of_a_complaint_hold(
            moves in proptest::collection::vec(any_move(), 0..40),
        ) {
            let mut now = ConversationSnapshot::BEGUN;
            let (mut answered, mut put_right, mut waits) = (false, false, true);
            for what in moves {
                let Ok(next) = now.then(what) else { continue };
                let waiting = apply(now, what).unwrap().waiting;
                match waiting {
                    WaitingFor::Begins => waits = true,
                    WaitingFor::Ends => waits = false,
                    WaitingFor::Stays => {}
                }
                answered |= what == Transition::Reply;
                put_right |= matches!(what, Transition::PutRight(_));
                if next.stage == Stage::Recovered && now.stage != Stage::Recovered {
                    prop_assert_eq!(what, Transition::Okay, "only the visitor's own yes");
                    prop_assert!(put_right, "and only where something was put right");
                }
                if next.stage == Stage::SetAside {
                    prop_assert!(next.aside.is_some(), "a reason");
                    prop_assert!(now.stage == Stage::SetAside || matches!(what, Transition::SetAside(_)));
                }
                if next.stage == Stage::PutRight {
                    prop_assert!(answered && put_right);
                }
                if next.stage == Stage::Unconfirmed && now.stage != Stage::Unconfirmed {
                    prop_assert_eq!((now.stage, what), (Stage::PutRight, Transition::RunOut));
                }
                if next.may_be_asked(false) {
                    prop_assert_eq!(next.stage, Stage::PutRight);
                }
                if matches!(next.stage, Stage::Received | Stage::Reopened) {
                    prop_assert!(waits, "nobody is forgotten in {:?}", next.stage);
                }
                prop_assert_eq!((next.was_answered, next.was_put_right), (answered, put_right));
                now = next;
            }
        }

        /// A scanner of mails may press every button; what the person presses after it counts.
        #[test]
        fn the_visitors_last_word_counts(presses in proptest::collection::vec(any::<bool>(), 1..9)) {
            let mut now = ConversationSnapshot { stage: Stage::PutRight, was_answered: true, was_put_right: true, aside: None };
            for okay in &presses {
                now = now.then(if *okay { Transition::Okay } else { Transition::NotYet }).unwrap();
            }
            let stage = if presses[presses.len() - 1] { Stage::Recovered } else { Stage::Reopened };
            prop_assert_eq!(now.stage, stage);
        }
    }

    #[test]
    fn the_whole_story_can_be_told() {
        let mut now = ConversationSnapshot::BEGUN;
        for (what, stage) in [
            (Transition::Reply, Stage::InHand),
            (Transition::Write, Stage::InHand),
            (Transition::PutRight(Remedy::Replacement), Stage::PutRight),
            (Transition::NotYet, Stage::Reopened),
            (Transition::Reply, Stage::InHand),
            (Transition::PutRight(Remedy::Refund), Stage::PutRight),
            (Transition::RunOut, Stage::Unconfirmed),
            (Transition::Okay, Stage::Recovered),
        ] {
            now = now.then(what).unwrap();
            assert_eq!(now.stage, stage, "{what:?}");
        }
    }

    #[test]
    fn what_is_shown_to_the_visitor_is_as_far_as_it_is() {
        for stage in Stage::ALL {
            assert_eq!(stage.shown().progress(), stage.progress(), "{stage:?}");
            assert!(!matches!(stage.shown(), Stage::SetAside | Stage::Unconfirmed));
        }
    }

    #[test]
    fn nothing_is_put_right_without_a_word() {
        assert_eq!(
            ConversationSnapshot::BEGUN.then(Transition::PutRight(Remedy::Refund)),
            Err(Code::AnswerFirst)
        );
        assert_eq!(ConversationSnapshot::BEGUN.then(Transition::Okay), Err(Code::NotNow));
        assert_eq!(ConversationSnapshot::BEGUN.then(Transition::LetRest), Err(Code::NotNow));
    }

    #[test]
    fn who_was_set_aside_comes_back_by_writing_unless_it_was_spam() {
        for reason in AsideReason::ALL {
            let aside = ConversationSnapshot::BEGUN.then(Transition::SetAside(*reason)).unwrap();
            let written = aside.then(Transition::Write).map(|s| (s.stage, s.aside));
            match reason {
                AsideReason::Spam => assert_eq!(written, Err(Code::ConversationOver)),
                _ => assert_eq!(written, Ok((Stage::Received, None))),
            }
            assert_eq!(aside.then(Transition::TakeBack).unwrap().stage, Stage::Received);
        }
    }
}
