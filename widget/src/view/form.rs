//! The form for reasons, words and contact, and what became of the response.

use super::conversation::progress;
use super::element::{
    Element, b, blockquote, button, div, fieldset, form, i, input, label, legend, p, span, textarea,
};
use super::parts::{
    SCREEN, action_button, error_note, field, foot, heading, icon, note, paragraph, quiet_button, receipt,
    reply_promise,
};
use super::text;
use crate::model::action::Action;
use crate::model::screen::Screen;
use crate::state::{State, widget};
use shared::conversation::Stage;
use shared::words::{Word, fill};

/// A label with a remark in small letters.
fn remarked(word: Word, remark: Word) -> [Element; 2] {
    [[text(word), " "].concat().as_str().into(), i().child(text(remark))]
}

fn checkbox(name: &str, value: &str, is_checked: bool) -> Element {
    input().attr("type", "checkbox").attr("name", name).attr("value", value).bool_attr("checked", is_checked)
}

/// The form. After a happy rating it has only a field for words.
pub(crate) fn response_form(is_sending: bool) -> Element {
    let state = widget().state.borrow();
    let response = &state.response;
    let is_happy = response.rating >= 4;
    let title = match response.rating {
        1 | 2 => Word::WhatWentWrong,
        3 => Word::WhatWouldBeBetter,
        _ => Word::WhatWasRight,
    };
    let words = textarea()
        .class("ts-input")
        .attr("rows", "2")
        .bool_attr("readonly", is_sending)
        .child(response.comment.as_str());
    let words_label = if is_happy { Word::LineForTheTeam } else { Word::OwnWords };
    let privacy = span().child([text(Word::Private), " "].concat().as_str()).child(action_button(
        "ts-inline",
        Action::ShowPrivacy,
        "",
        Word::WhatWeKeep,
    ));
    let send = button().class("ts-btn").id("send");
    let send = match is_sending {
        true => send.attr("aria-disabled", "true").child(span().class("ts-spin")).child(text(Word::Sending)),
        false => send.child(text(Word::Send)),
    };
    let leave = || foot([quiet_button(Action::Leave, Word::LeaveIt)]);
    form()
        .class(SCREEN)
        .bool_attr("novalidate", true)
        .bool_attr("aria-busy", is_sending)
        .child(heading(title))
        .children((!is_happy).then(|| reasons(&state)).flatten())
        .child(field("comment", remarked(words_label, Word::Optional), words))
        .children((!is_happy).then(|| contact(&state)).into_iter().flatten())
        .children((!is_happy).then(|| reply_promise(false)).flatten())
        .child(note("ts-privacy", "lock", privacy))
        .child(send)
        .children((response.rating == 3 && !is_sending).then(leave))
}

/// The reasons that the shop has named, as chips; the setup has code and text of each in turn.
fn reasons(state: &State) -> Option<Element> {
    let reasons = &widget().setup.reasons;
    let chip = |reason: &[String]| {
        let is_checked = state.response.reasons.contains(&reason[0]);
        label()
            .class("ts-chip")
            .child(checkbox("reasons", &reason[0], is_checked))
            .child(icon("check"))
            .child(reason[1].as_str())
    };
    let chips = || div().class("ts-chips").children(reasons.chunks_exact(2).map(chip));
    let legend = || legend().class("ts-legend").children(remarked(Word::TapWhatFits, Word::AsManyAsYouLike));
    (!reasons.is_empty()).then(|| fieldset().child(legend()).child(chips()))
}

/// Whether the visitor wants a reply, and where to.
fn contact(state: &State) -> [Element; 2] {
    let response = &state.response;
    let text_input = |kind, value: &str| input().class("ts-input").attr("type", kind).attr("value", value);
    let is_wrong = !state.email_error.is_empty();
    let email =
        text_input("email", &response.email).attr("autocomplete", "email").attr("aria-describedby", "hint");
    let (email, hint) = match is_wrong {
        true => (email.attr("aria-invalid", "true"), error_note(&state.email_error)),
        false => (email, p().class("ts-hint").child(text(Word::EmailHint))),
    };
    let order = text_input("text", &response.order).attr("autocomplete", "off");
    let wants_reply = label()
        .class("ts-tick-row")
        .child(checkbox("wants_reply", "1", response.wants_reply))
        .child(text(Word::WantsReply));
    let fields = div()
        .class("ts-contact")
        .child(field("email", [text(Word::EmailLabel).into()], email))
        .child(field("order", [text(Word::OrderLabel).into()], order))
        .child(hint.id("hint"));
    [wants_reply, fields]
}

/// The response is on this device only, or was refused: says so, shows the words, and offers to copy them.
pub(crate) fn undelivered(screen: Screen) -> Element {
    let w = widget();
    let state = w.state.borrow();
    let kept = text(if state.is_durable { Word::SavedBody } else { Word::SavedBodyMemory });
    let (title, class, icon_name, strong, sentence) = match screen {
        Screen::Saved => (Word::SavedTitle, "ts-note ts-note-mid", "device", text(Word::SavedOffline), kept),
        Screen::Failed if state.is_durable => {
            (Word::FailedTitle, "ts-note ts-note-bad", "alert", "", text(Word::FailedBody))
        }
        Screen::Failed => (Word::FailedTitle, "ts-note ts-note-bad", "alert", text(Word::FailedBody), kept),
        _ => (Word::RefusedTitle, "ts-note ts-note-bad", "alert", "", state.refusal.as_str()),
    };
    let (action, word) = match screen {
        Screen::Saved => (Action::Retry, Word::TryNow),
        Screen::Failed => (Action::Retry, Word::TryAgain),
        _ => (Action::Edit, Word::Back),
    };
    let space = if strong.is_empty() { "" } else { " " };
    let content = span().child(b().child(strong)).child([space, sentence].concat().as_str());
    let fallback = w.setup.fallback_email.as_ref().filter(|_| screen == Screen::Failed);
    let comment = state.response.comment.as_str();
    let has_comment = !comment.is_empty();
    let copy_word = if state.is_copied { Word::Copied } else { Word::CopyWords };
    let copy = || action_button("ts-btn ts-btn-2 ts-btn-s", Action::Copy, "copy", copy_word);
    let buttons = div()
        .class("ts-row")
        .child(action_button("ts-btn ts-btn-s", action, "", word))
        .children(has_comment.then(copy));
    div()
        .class(SCREEN)
        .child(heading(title))
        .child(note(class, icon_name, content))
        .children(fallback.map(|email| paragraph(&fill(text(Word::FailedEmail), "email", email))))
        .children(has_comment.then(|| blockquote().class("ts-copybox").attr("tabindex", "0").child(comment)))
        .child(buttons)
        .child(foot([quiet_button(Action::DeleteResponse, Word::DeleteIt)]))
}

/// The response is stored: its receipt, and how the reply reaches the visitor.
pub(crate) fn sent() -> Element {
    let w = widget();
    let state = w.state.borrow();
    let email = &state.response.email;
    let is_complaint = state.response.is_complaint();
    let (way, more) = match email.is_empty() {
        true if is_complaint => {
            let content = span()
                .child(b().child(text(Word::AnswerWaits)))
                .child(" ")
                .child(text(Word::AnswerWaitsWhere));
            (note("ts-note", "device", content), Word::AddEmail)
        }
        true => (paragraph(text(Word::SentWithoutEmail)), Word::AddEmail),
        false => (paragraph(&fill(text(Word::SentWithEmail), "email", email)), Word::AddSomething),
    };
    let buttons = foot([quiet_button(Action::Edit, more)])
        .children(w.setup.framed.then(|| quiet_button(Action::Close, Word::BackToShop)));
    div()
        .class(SCREEN)
        .child(heading(Word::Sent))
        .child(receipt(&w.receipt(), state.is_copied))
        .children(is_complaint.then(|| reply_promise(true)).flatten())
        .children(is_complaint.then(|| progress(Stage::Received)))
        .child(way)
        .child(buttons)
}
