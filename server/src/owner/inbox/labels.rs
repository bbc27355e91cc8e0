//! Remedies, stages and errors in the words of the inbox.

use shared::conversation::{AsideReason, Remedy, Stage};
use shared::refusal::Code;

pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Refund => "Money back",
        Remedy::Exchange => "Exchanged it",
        Remedy::Replacement => "Sent a new one",
        Remedy::Fix => "Fixed it",
        Remedy::Explanation => "Explained it",
        Remedy::Apology => "Said sorry",
        Remedy::Other => "Something else",
    }
}

pub fn aside_reason(reason: AsideReason) -> &'static str {
    match reason {
        AsideReason::NothingToAnswer => "Nothing to answer",
        AsideReason::AnsweredElsewhere => "Answered elsewhere",
        AsideReason::Duplicate => "The same as another one",
        AsideReason::Spam => "Spam: they can write no more",
    }
}

/// For a line of the timeline.
pub fn aside_short(reason: AsideReason) -> &'static str {
    match reason {
        AsideReason::NothingToAnswer => "nothing to answer",
        AsideReason::AnsweredElsewhere => "answered elsewhere",
        AsideReason::Duplicate => "the same as another one",
        AsideReason::Spam => "spam",
    }
}

pub fn stage_label(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => "Received",
        Stage::InHand => "In hand",
        Stage::PutRight => "Put right",
        Stage::Reopened => "Opened again",
        Stage::Recovered => "Won back",
        Stage::Unconfirmed => "Unconfirmed",
        Stage::SetAside => "Set aside",
    }
}

/// Why a form was refused, and what to do about it.
pub fn refused(code: Code, field: Option<&str>) -> &'static str {
    match (code, field) {
        (Code::Missing, Some("words")) => "There are no words in it yet.",
        (Code::Missing, Some("remedy")) => "What did you do to put it right? Please choose one.",
        (Code::Missing, Some("cause")) => "Why did it happen? Please choose one.",
        (Code::Missing, Some("reason")) => "Why does it need no answer? Please choose one.",
        (Code::TooLong, Some("words")) => "At most 4,000 characters fit into one answer.",
        (Code::AnswerFirst, _) => "Nobody has said a word to them yet. Write one; it goes with it.",
        (Code::AnsweredMeanwhile, _) => {
            "Somebody else has answered meanwhile. Your words are still here: read theirs first, then send yours if \
             they still help."
        }
        (Code::NotNow, _) => {
            "Something has changed meanwhile, and this makes no sense any more where it stands."
        }
        (Code::IdTaken, _) => {
            "You have sent from this page before. Send it again if you mean a second answer."
        }
        (Code::ConversationOver, _) => "This conversation is full. Nothing more can be written in it.",
        (other, _) => crate::web::form_errors::message(other),
    }
}

/// The notice after an action.
pub fn done_message(name: &str) -> Option<&'static str> {
    Some(match name {
        "reply" => "Your answer is on its way.",
        "note" => "Your note is kept. Only people of the shop see it.",
        "put-right" => "Marked as put right.",
        "set-aside" => "Set aside.",
        "let-rest" => "Kept as it is: nobody waits.",
        "take-back" => "Taken back.",
        "give" => "Given.",
        "erase" => "Erased. Nothing of it is left here.",
        _ => return None,
    })
}
