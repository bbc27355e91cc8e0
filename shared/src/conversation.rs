//! The life of a complaint: its stages, and which transitions lead from one to another. Widget and collector both use
//! it.

use crate::refusal::Code;
use crate::string_enum;

string_enum! {
    /// The stage of a conversation.
    Stage {
        /// The shop has not replied yet.
        Received = "received",
        /// The shop has replied and is working on it.
        InHand = "in_hand",
        /// The shop says that the remedy is done.
        PutRight = "put_right",
        /// The visitor says that it is not okay yet.
        Reopened = "reopened",
        /// The visitor says that it is okay now.
        Recovered = "recovered",
        /// The visitor was asked whether it is okay now, and has not answered.
        Unconfirmed = "unconfirmed",
        /// The shop decided, for a reason, that no reply is needed.
        SetAside = "set_aside",
    }
}

string_enum! {
    /// Why a conversation was set aside.
    AsideReason {
        /// It contains nothing to answer.
        NothingToAnswer = "nothing_to_answer",
        /// The shop answered on the telephone, across the counter, …
        AnsweredElsewhere = "answered_elsewhere",
        /// It repeats another conversation.
        Duplicate = "duplicate",
        /// It is not from a customer. Its sender can no longer write in it.
        Spam = "spam",
    }
}

string_enum! {
    /// What the shop did to put it right.
    Remedy {
        /// The visitor got the money back.
        Refund = "refund",
        /// The visitor got a different product in exchange.
        Exchange = "exchange",
        /// The visitor got the same product again.
        Replacement = "replacement",
        /// The shop repaired it, or made it work.
        Fix = "fix",
        /// The shop explained a misunderstanding.
        Explanation = "explanation",
        /// The shop could only apologise.
        Apology = "apology",
        /// The shop did something else.
        Other = "other",
    }
}

/// What decides which transitions a conversation allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationSnapshot {
    /// The current stage.
    pub stage: Stage,
    /// Whether a member of the shop has ever replied.
    pub was_answered: bool,
    /// Whether the shop has ever put it right.
    pub was_put_right: bool,
    /// Why the shop set it aside, if it did.
    pub aside: Option<AsideReason>,
}

/// Something that changes a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// A member of the shop replies to the visitor.
    Reply,
    /// A member of the shop says that the remedy is done.
    PutRight(Remedy),
    /// A member of the shop decides that the conversation needs no reply.
    SetAside(AsideReason),
    /// A member of the shop decides that the visitor's last message needs no reply.
    LetRest,
    /// A member of the shop takes back that it was put right or set aside.
    TakeBack,
    /// The visitor writes a message.
    Write,
    /// The visitor says that it is okay now.
    Okay,
    /// The visitor says that it is not okay yet.
    NotYet,
    /// The visitor was asked whether it is okay now, and has not answered for a long time.
    RunOut,
}

/// How a transition changes whether the visitor waits for a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// The visitor waits from now on, or goes on waiting.
    Begins,
    /// The visitor no longer waits.
    Ends,
    /// Nothing changes.
    Stays,
}

/// The result of a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransitionResult {
    /// The stage after it.
    pub stage: Stage,
    /// Whether the visitor waits for a reply after it.
    pub waiting: WaitingFor,
}

/// Applies a transition to a conversation.
///
/// [`Stage::Recovered`] needs the visitor's own "okay" after the shop has put something right. [`Stage::SetAside`]
/// needs a reason.
///
/// # Errors
/// [`Code::AnswerFirst`] if the shop puts it right before it has replied; [`Code::ConversationOver`] if the visitor
/// writes in a conversation that was set aside as spam; [`Code::NotNow`] for any other transition that its stage does
/// not allow.
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
            // A complaint without a reply, and one that is not okay yet, may only be set aside with a reason.
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
            // The visitor, or a mail scanner that follows links, pressed "not yet" before: the last answer counts.
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
    /// The state in which every conversation begins.
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

    /// Whether the visitor may be asked "is it okay now?": once each time the shop puts it right.
    pub fn may_be_asked(self, was_asked_since: bool) -> bool {
        self.stage == Stage::PutRight && !was_asked_since
    }

    /// Whether the visitor can say that it is okay now.
    pub fn can_be_okay(self) -> bool {
        self.stage != Stage::Recovered && apply(self, Transition::Okay).is_ok()
    }
}

impl Stage {
    /// Whether the shop still has to do something about it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::InHand | Self::Reopened)
    }

    /// The stage that the visitor sees. Only the shop learns that a conversation was set aside, or that the visitor did
    /// not answer.
    pub fn shown(self) -> Self {
        match self {
            Self::SetAside => Self::Received,
            Self::Unconfirmed => Self::PutRight,
            Self::Received | Self::InHand | Self::PutRight | Self::Reopened | Self::Recovered => self,
        }
    }

    /// The visitor's progress: 0 received, 1 being looked at, 2 put right, 3 okay again. Set aside counts as received.
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

        /// A mail scanner may follow every link; what the visitor presses afterwards counts.
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
