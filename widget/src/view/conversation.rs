//! The screen of one conversation.

use super::element::{Element, article, button, div, footer, form, img, label, li, ol, p, span, textarea};
use super::parts::{
    SCREEN, alert, bare_button, foot, heading, icon, note, paragraph, quiet_button, reply_promise,
};
use super::text;
use crate::model::action::Action;
use crate::platform::browser;
use crate::state::widget;
use shared::conversation::{Remedy, Stage};
use shared::wire::conversation::VisitorMessage;
use shared::words::{Word, fill};

/// Selects the button "yes, all good".
pub(crate) const OKAY: &str = "#act-okay";
/// Selects the button "not yet".
pub(crate) const NOT_YET: &str = "#act-not-yet";

/// The stage of this name. A name that only a newer collector knows counts as in hand.
pub(crate) fn stage(name: &str) -> Stage {
    Stage::named(name).unwrap_or(Stage::InHand)
}

/// An instant in the visitor's language and time zone.
pub(crate) fn format_instant(at_ms: u64) -> String {
    browser::format_instant(at_ms, &widget().setup.language)
}

/// How far the conversation is, in three steps.
pub(crate) fn progress(stage: Stage) -> Element {
    let progress = usize::from(stage.progress());
    let words = [Word::StepReceived, Word::StepInHand, Word::StepPutRight];
    let steps = words.into_iter().enumerate().map(|(n, word)| {
        let is_done = n < progress || progress > 1;
        let step = li().child(text(word));
        match is_done {
            true => step.class("done").child(span().class("vh").child(", ").child(text(Word::StepDone))),
            false if n == progress => step.attr("aria-current", "step"),
            false => step,
        }
    });
    ol().class("ts-steps").attr("aria-label", text(Word::WhereItStands)).children(steps)
}

fn remedy(name: &str) -> Word {
    match Remedy::named(name) {
        Some(Remedy::Refund) => Word::Refund,
        Some(Remedy::Exchange) => Word::Exchange,
        Some(Remedy::Replacement) => Word::Replacement,
        Some(Remedy::Fix) => Word::Fix,
        Some(Remedy::Explanation) => Word::Explanation,
        Some(Remedy::Apology) => Word::Apology,
        Some(Remedy::Other) | None => Word::OtherRemedy,
    }
}

/// A line about an event.
fn event(icon_name: &str, sentence: &str, when: &str) -> Element {
    p().class("ts-sys").child(icon(icon_name)).child([sentence, " · ", when].concat().as_str())
}

/// A message with its author and its time.
fn bubble(class: &'static str, words: &str, author: &str, when: &str) -> Element {
    article()
        .class(class)
        .child(p().attr("dir", "auto").child(words))
        .child(footer().child([author, " · ", when].concat().as_str()))
}

fn message(message: &VisitorMessage) -> Element {
    let when = format_instant(message.sent_at_ms);
    let name = &message.person;
    match message.kind.as_str() {
        "put_right" => {
            let sentence = fill(text(Word::PutRightBy), "remedy", text(remedy(&message.words)));
            event("check", &fill(&sentence, "name", name), &when)
        }
        "asked" => event("clock", text(Word::Asked), &when),
        "okay" => event("check", text(Word::SaidOkay), &when),
        "not_yet" => event("undo", text(Word::SaidNotYet), &when),
        _ if message.mine => bubble("ts-msg ts-msg-me", &message.words, text(Word::You), &when),
        _ => {
            let class = if message.new { "ts-msg ts-msg-them ts-msg-new" } else { "ts-msg ts-msg-them" };
            let avatar = span().class("ts-avatar ts-avatar-s").attr("aria-hidden", "true");
            let avatar = match &message.photo {
                Some(photo) => avatar.child(img().attr("src", photo).attr("alt", "")),
                None => avatar.child(name.chars().take(1).collect::<String>().as_str()),
            };
            bubble(class, &message.words, name, &when).first_child(avatar)
        }
    }
}

/// Everything that was said and done, and what is not delivered yet.
fn thread() -> Element {
    let w = widget();
    let state = w.state.borrow();
    let mut items = Vec::new();
    if let Some(current) = &state.conversations.current {
        let mut opened_at_ms = current.opened_at_ms;
        let mut is_marked = false;
        let opened = |at_ms: u64| event("eye", text(Word::Opened), &format_instant(at_ms));
        for (n, item) in current.messages.iter().enumerate() {
            if n > 0 && opened_at_ms.is_some_and(|at_ms| at_ms <= item.sent_at_ms) {
                items.extend(opened_at_ms.take().map(opened));
            }
            if item.new && !is_marked {
                is_marked = true;
                items.push(p().class("ts-newline").child(text(Word::New)));
            }
            items.push(message(item));
        }
        items.extend(opened_at_ms.map(opened));
    }
    let status = text(if state.conversations.is_stuck { Word::SavedTitle } else { Word::Sending });
    let current_id = &state.conversations.current_id;
    for pending in w.conversations().pending.iter().filter(|pending| pending.conversation == *current_id) {
        items.push(match pending.okay {
            Some(true) => event("check", text(Word::SaidOkay), status),
            Some(false) => event("undo", text(Word::SaidNotYet), status),
            None => bubble("ts-msg ts-msg-me", &pending.words, text(Word::You), status),
        });
    }
    div().class("ts-thread").children(items)
}

/// The two buttons of "is it okay now?".
fn verdict_buttons(proposed: Option<bool>) -> Element {
    let thumb = |action, okay, class, icon_name, word| {
        let button_class = if proposed == Some(okay) { "ts-face is-chosen" } else { "ts-face" };
        bare_button(button_class, action)
            .child(span().class(class).child(icon(icon_name)))
            .child(span().child(text(word)))
    };
    div().class("ts-faces ts-faces-2").attr("role", "group").attr("aria-labelledby", "ask").children([
        thumb(Action::Okay, true, "ts-thumb is-good", "up", Word::YesAllGood),
        thumb(Action::NotYet, false, "ts-thumb is-bad", "down", Word::NotYet),
    ])
}

/// Whether the screen asks "is it okay now?".
pub(crate) fn asks_verdict() -> bool {
    let w = widget();
    let state = w.state.borrow();
    let conversations = &state.conversations;
    let is_put_right =
        conversations.current.as_ref().is_some_and(|c| c.can_be_okay && stage(&c.stage) == Stage::PutRight);
    let is_given = w
        .conversations()
        .pending
        .iter()
        .any(|pending| pending.conversation == conversations.current_id && pending.okay.is_some());
    is_put_right && !is_given
}

/// The part of the screen that is drawn again when there is news.
pub(crate) fn body() -> Element {
    let (is_asked, thread) = (asks_verdict(), thread());
    let state = widget().state.borrow();
    let current = state.conversations.current.as_ref();
    let stage = current.map_or(Stage::InHand, |current| stage(&current.stage));
    let can_be_okay = current.is_some_and(|current| current.can_be_okay);
    let remark = |class, icon_name, word| note(class, icon_name, span().child(text(word)));
    let (title, below) = match stage {
        _ if is_asked => (Word::OkayNow, Some(verdict_buttons(state.conversations.proposed))),
        Stage::Recovered => (Word::Glad, Some(remark("ts-note ts-note-good", "check", Word::GladMore))),
        Stage::Reopened => (Word::NotDone, Some(remark("ts-note", "undo", Word::NotDoneMore))),
        _ => (Word::Talk, None),
    };
    let okay = || foot([quiet_button(Action::Okay, Word::YesAllGood)]);
    div()
        .class("ts-talk")
        .id("talk")
        .child(heading(title))
        .children(below)
        .child(progress(stage))
        .child(thread)
        .children((stage == Stage::Received).then(|| reply_promise(false)).flatten())
        .children((can_be_okay && !is_asked && stage == Stage::Reopened).then(okay))
        .children(state.has_expired.then(|| paragraph(text(Word::Expired))))
}

/// The whole screen.
pub(crate) fn conversation() -> Element {
    let body = body();
    let w = widget();
    let state = w.state.borrow();
    let conversations = &state.conversations;
    let words = textarea()
        .class("ts-input")
        .id("words")
        .attr("name", "words")
        .attr("rows", "1")
        .attr("dir", "auto")
        .attr("placeholder", text(Word::WriteTo))
        .child(w.conversations().draft(&conversations.current_id));
    let send =
        button().class("ts-sendbtn").id("act-send").attr("aria-label", text(Word::Send)).child(icon("send"));
    let composer = form()
        .class("ts-composer")
        .id("composer")
        .child(label().class("vh").attr("for", "words").child(text(Word::WriteTo)))
        .child(words)
        .child(send)
        .children(alert(&conversations.error));
    let has_others = conversations.summaries.len() > 1;
    let buttons = foot([quiet_button(Action::ShowMenu, Word::More)])
        .children(has_others.then(|| quiet_button(Action::ShowConversations, Word::Talks)))
        .children(w.setup.framed.then(|| quiet_button(Action::Leave, Word::SayElse)));
    div().class(SCREEN).child(body).child(composer).child(buttons)
}
