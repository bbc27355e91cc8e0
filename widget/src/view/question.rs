//! The question with its faces, and what the shop keeps.

use super::element::{Element, div, fieldset, input, label, li, p, span, ul};
use super::parts::{SCREEN, action_button, foot, heading, icon, paragraph, quiet_button, symbol};
use super::text;
use crate::model::action::Action;
use crate::state::widget;
use shared::faces::{Face, faces, question as question_of};
use shared::words::Word;

pub(crate) fn question() -> Element {
    let w = widget();
    let state = w.state.borrow();
    let response = &state.response;
    let faces = faces(w.setup.scale, response.moment);
    let class = match faces.len() {
        2 => "ts-faces ts-faces-2",
        3 => "ts-faces",
        _ => "ts-faces ts-faces-5",
    };
    let choices = fieldset()
        .class(class)
        .attr("aria-labelledby", "ask")
        .children(faces.iter().map(|f| face(f, f.rating == response.rating)));
    let scale = div().child(choices).child(p().class("ts-confirm").child(text(Word::PressEnter)));
    let leave = || {
        foot([quiet_button(Action::NotNow, Word::NotNow), quiet_button(Action::NeverAsk, Word::NeverAgain)])
    };
    let to_conversation = || foot([quiet_button(Action::ShowConversation, Word::Talk)]);
    div()
        .class("ts-body ts-body-nudge ts-step")
        .children(state.has_expired.then(|| paragraph(text(Word::Expired))))
        .child(heading(question_of(response.moment)))
        .child(scale)
        .children(w.setup.framed.then(leave))
        .children((!w.conversations().keys.is_empty()).then(to_conversation))
}

fn face(face: &Face, is_chosen: bool) -> Element {
    let class = match face.rating {
        4.. => "ts-face is-good",
        3 => "ts-face is-mid",
        _ => "ts-face is-bad",
    };
    let picture = match face.kind {
        "up" | "down" => span().class("ts-thumb").child(icon(face.kind)),
        kind => symbol(&["#f-", kind].concat()).attr("viewBox", "0 0 40 40"),
    };
    let radio = input()
        .attr("type", "radio")
        .attr("name", "rating")
        .attr("value", &face.rating.to_string())
        .bool_attr("checked", is_chosen);
    label().class(class).child(radio).child(picture).child(span().child(text(face.label)))
}

/// What the shop keeps, and what not.
pub(crate) fn privacy() -> Element {
    let item = |icon_name, word| li().child(icon(icon_name)).child(text(word));
    let list = ul().class("ts-keep").children([
        item("check", Word::KeepAnswer),
        item("check", Word::KeepContact),
        item("check", Word::KeepPage),
        item("check", Word::KeepDevice),
        item("x", Word::KeepNot).class("no"),
    ]);
    let forget = action_button("ts-btn ts-btn-2 ts-btn-s", Action::ForgetDevice, "", Word::ForgetDevice);
    div()
        .class(SCREEN)
        .child(heading(Word::KeepTitle))
        .child(list)
        .child(div().class("ts-row").child(forget))
        .child(foot([quiet_button(Action::Back, Word::Back)]))
}
