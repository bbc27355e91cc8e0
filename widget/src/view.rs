//! What every step looks like. Decides nothing: it shows `page::State` and passes on what is tapped.
//!
//! One signal, one shape of element ([`crate::node`]) and one listener at the top. Class names are those of
//! `frame.css`.

use crate::node::{Node, el, text};
use crate::page::{Act, widget};
use crate::step::Step;
use crate::talk_view;
use leptos::mount::mount_to;
use leptos::prelude::Get;
use shared::conversation::Stage;
use shared::faces::{faces, question};
use shared::words::{Word, fill};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

pub(crate) fn say(word: Word) -> &'static str {
    widget().say(word)
}

/// Shows the step, whichever it is, and hears what happens in it.
pub fn mount(place: HtmlElement) {
    let hear = Closure::<dyn Fn(Event)>::new(|event: Event| match event.type_().as_str() {
        "click" => clicked(&event),
        "keydown" => pressed(&event),
        "input" => typed(&event),
        _ => submitted(&event),
    });
    for kind in ["click", "keydown", "input", "submit"] {
        let _ = place.add_event_listener_with_callback(kind, hear.as_ref().unchecked_ref());
    }
    hear.forget();
    mount_to(place, || || show(widget().step.get())).forget();
}

// ---- What is heard ----

thread_local! {
    /// Whether the click that follows is an arrow key's: arrows move, and never send.
    static BY_ARROW: Cell<bool> = const { Cell::new(false) };
}

fn above(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

fn face_of(event: &Event) -> Option<(HtmlInputElement, u8)> {
    let input: HtmlInputElement = above(event, "[name=rating]")?.unchecked_into();
    let rating = input.value().parse().ok()?;
    Some((input, rating))
}

fn clicked(event: &Event) {
    widget().touch();
    if BY_ARROW.replace(false) {
        return;
    }
    if let Some((_, rating)) = face_of(event) {
        widget().choose(rating);
    } else if let Some(button) = above(event, "[data-act]") {
        let act = button.get_attribute("data-act").and_then(|n| n.parse::<usize>().ok());
        if let Some(act) = act.and_then(|n| Act::ALL.get(n)) {
            let picked = button.get_attribute("data-pick").and_then(|n| n.parse().ok());
            widget().act(*act, picked.unwrap_or_default());
        }
    }
}

fn pressed(event: &Event) {
    let Some((input, rating)) = face_of(event) else { return };
    let key = event.unchecked_ref::<KeyboardEvent>().key();
    BY_ARROW.set(key.starts_with("Arrow"));
    if key == "Enter" {
        event.prevent_default();
        input.set_checked(true);
        widget().choose(rating);
    }
}

fn typed(event: &Event) {
    if let Some(form) = above(event, "form") {
        widget().typed(&form);
    }
}

fn submitted(event: &Event) {
    event.prevent_default();
    if let Some(form) = above(event, "form") {
        widget().send(&form);
    }
}

// ---- Small parts ----

pub(crate) const STEP: &str = "ts-body ts-step";

pub(crate) fn icon(name: &str) -> Node {
    let class = if matches!(name, "undo" | "back") { "ic ic-flip" } else { "ic" };
    drawing(class, &["#i-", name].concat())
}

fn drawing(class: &'static str, name: &str) -> Node {
    el("svg", class).has("aria-hidden", "true").with([el("use", "").has("href", name)])
}

pub(crate) fn heading(word: Word) -> Node {
    el("h1", "ts-ask").has("id", "ask").has("tabindex", "-1").says(say(word))
}

pub(crate) fn button(class: &'static str, act: Act, sign: &str, word: Word) -> Node {
    let number = (act as u8).to_string();
    let button = el("button", class)
        .has("type", "button")
        .has("data-act", &number)
        .has("id", &["act-", &number].concat());
    if sign.is_empty() { button.says(say(word)) } else { button.with([icon(sign)]).says(say(word)) }
}

pub(crate) fn quiet(act: Act, word: Word) -> Node {
    match act {
        Act::ByMistake | Act::AskAgain => button("ts-quiet", act, "undo", word),
        Act::Back => button("ts-quiet", act, "back", word),
        Act::NotNow | Act::Never | Act::Leave | Act::SeeTalks => button("ts-quiet", act, "", word),
        Act::SeeTalk if word == Word::Back => button("ts-quiet", act, "back", word),
        _ => button("ts-quiet ts-under", act, "", word),
    }
}

pub(crate) fn foot(buttons: impl Into<Vec<Node>>) -> Node {
    el("div", "ts-foot").with(buttons)
}

// ---- The steps ----

fn show(step: Step) -> Node {
    match step {
        Step::Question => ask(),
        Step::SayMore | Step::Form => form(false),
        Step::Sending => form(true),
        Step::Saved | Step::Failed | Step::Refused => undelivered(step),
        Step::Sent => sent(),
        Step::Keep => keep(),
        Step::Happy => {
            let more = [quiet(Act::ByMistake, Word::ByMistake), quiet(Act::SayMore, Word::SayMore)];
            short(Word::ThankYou, Word::ThankYouMore, more)
        }
        Step::Never => short(Word::NeverAgainDone, Word::NeverAgainWhere, [quiet(Act::AskAgain, Word::Undo)]),
        Step::Forgotten => {
            short(Word::Forgotten, Word::NeverAgainWhere, [quiet(Act::Close, Word::BackToShop)])
        }
        Step::Opening => talk_view::opening(),
        Step::Talk => talk_view::talk(),
        Step::Talks => talk_view::talks(),
        Step::TalkMore => talk_view::more(),
        Step::Erase => talk_view::erase(),
        Step::Erased => talk_view::gone(Word::Forgotten, Word::Erased),
        Step::TalkAway => talk_view::away(),
        Step::TalkGone => talk_view::gone(Word::TalkGone, Word::TalkGoneWhy),
    }
}

/// Nothing more to do: a sentence, a line, and what one may still want.
pub(crate) fn short(title: Word, line: Word, more: impl Into<Vec<Node>>) -> Node {
    el("div", STEP).with([heading(title), el("p", "ts-p").says(say(line)), foot(more)])
}

fn ask() -> Node {
    let w = widget();
    let state = w.state.borrow();
    let faces = faces(w.setup.scale, state.answer.moment);
    let drawn: Vec<Node> = faces
        .iter()
        .map(|face| {
            let mood = match face.rating {
                4.. => "ts-face is-good",
                3 => "ts-face is-mid",
                _ => "ts-face is-bad",
            };
            let picture = match face.kind {
                "up" | "down" => el("span", "ts-thumb").with([icon(face.kind)]),
                kind => drawing("", &["#f-", kind].concat()).has("viewBox", "0 0 40 40"),
            };
            let radio = el("input", "")
                .has("type", "radio")
                .has("name", "rating")
                .has("value", &face.rating.to_string())
                .is("checked", face.rating == state.answer.rating);
            el("label", mood).with([radio, picture, el("span", "").says(say(face.label))])
        })
        .collect();
    let class = match faces.len() {
        2 => "ts-faces ts-faces-2",
        3 => "ts-faces",
        _ => "ts-faces ts-faces-5",
    };
    let scale = el("div", "").with([
        el("fieldset", class).has("aria-labelledby", "ask").with(drawn),
        el("p", "ts-confirm").says(say(Word::PressEnter)),
    ]);
    let mut all = el("div", "ts-body ts-body-nudge ts-step");
    if state.expired {
        all = all.with([el("p", "ts-p").says(say(Word::Expired))]);
    }
    all = all.with([heading(question(state.answer.moment)), scale]);
    if w.setup.framed {
        all = all.with([foot([quiet(Act::NotNow, Word::NotNow), quiet(Act::Never, Word::NeverAgain)])]);
    }
    if !w.talks().keys.is_empty() {
        all = all.with([foot([quiet(Act::SeeTalk, Word::Talk)])]);
    }
    all
}

fn optional(word: Word, small: Word) -> [Node; 2] {
    [text(&[say(word), " "].concat()), el("i", "").says(say(small))]
}

/// A field with its label.
pub(crate) fn field(name: &str, label: impl Into<Vec<Node>>, input: Node) -> Node {
    let label = el("label", "").has("for", name).with(label);
    el("div", "ts-field").with([label, input.has("id", name).has("name", name)])
}

fn ticked(class: &'static str, name: &str, value: &str, on: bool, rest: impl Into<Vec<Node>>) -> Node {
    let tick =
        el("input", "").has("type", "checkbox").has("name", name).has("value", value).is("checked", on);
    el("label", class).with([tick]).with(rest)
}

/// Reasons, words and a way to answer; after all good only the words.
fn form(sending: bool) -> Node {
    let w = widget();
    let state = w.state.borrow();
    let answer = &state.answer;
    let happy = answer.rating >= 4;
    let title = match answer.rating {
        1 | 2 => Word::WhatWentWrong,
        3 => Word::WhatWouldBeBetter,
        _ => Word::WhatWasRight,
    };
    let mut form = el("form", STEP).is("novalidate", true).is("aria-busy", sending).with([heading(title)]);
    if !happy && !w.setup.reasons.is_empty() {
        let chips: Vec<Node> = w
            .setup
            .reasons
            .chunks_exact(2)
            .map(|r| {
                ticked(
                    "ts-chip",
                    "reasons",
                    &r[0],
                    answer.reasons.contains(&r[0]),
                    [icon("check"), text(&r[1])],
                )
            })
            .collect();
        form = form.with([el("fieldset", "").with([
            el("legend", "ts-legend").with(optional(Word::TapWhatFits, Word::AsManyAsYouLike)),
            el("div", "ts-chips").with(chips),
        ])]);
    }
    let words = el("textarea", "ts-input").has("rows", "2").is("readonly", sending).says(&answer.comment);
    let own = if happy { Word::LineForTheTeam } else { Word::OwnWords };
    form = form.with([field("comment", optional(own, Word::Optional), words)]);
    if !happy {
        let input = |kind, value: &str| el("input", "ts-input").has("type", kind).has("value", value);
        let mut email =
            input("email", &answer.email).has("autocomplete", "email").has("aria-describedby", "hint");
        let mut hint = el("p", "ts-hint").has("id", "hint").says(say(Word::EmailHint));
        if !state.trouble.is_empty() {
            email = email.has("aria-invalid", "true");
            hint = el("p", "ts-err")
                .has("id", "hint")
                .with([icon("alert"), el("span", "").says(&state.trouble)]);
        }
        let order = input("text", &answer.order).has("autocomplete", "off");
        form = form.with([
            ticked("ts-tick-row", "wants_reply", "1", answer.wants_reply, [text(say(Word::WantsReply))]),
            el("div", "ts-contact").with([
                field("email", [text(say(Word::EmailLabel))], email),
                field("order", [text(say(Word::OrderLabel))], order),
                hint,
            ]),
        ]);
    }
    if !happy {
        form = form.with(promise(false));
    }
    let private = el("span", "").says(&[say(Word::Private), " "].concat());
    let private = private.with([button("ts-inline", Act::Keep, "", Word::WhatWeKeep)]);
    let mut send = el("button", "ts-btn").has("id", "send");
    send = match sending {
        true => send.has("aria-disabled", "true").with([el("span", "ts-spin")]).says(say(Word::Sending)),
        false => send.says(say(Word::Send)),
    };
    form = form.with([el("p", "ts-privacy").with([icon("lock"), private]), send]);
    if answer.rating == 3 && !sending {
        form = form.with([foot([quiet(Act::Leave, Word::LeaveIt)])]);
    }
    form
}

/// On this device only, unanswered, or refused: says so, shows the words, and offers to copy them.
fn undelivered(step: Step) -> Node {
    let w = widget();
    let state = w.state.borrow();
    let kept = if state.outlives { Word::SavedBody } else { Word::SavedBodyMemory };
    let (title, class, sign, strong, line) = match step {
        Step::Saved => {
            (Word::SavedTitle, "ts-note ts-note-mid", "device", say(Word::SavedOffline), say(kept))
        }
        Step::Failed if state.outlives => {
            (Word::FailedTitle, "ts-note ts-note-bad", "alert", "", say(Word::FailedBody))
        }
        Step::Failed => (Word::FailedTitle, "ts-note ts-note-bad", "alert", say(Word::FailedBody), say(kept)),
        _ => (Word::RefusedTitle, "ts-note ts-note-bad", "alert", "", state.refusal.as_str()),
    };
    let (act, word) = match step {
        Step::Saved => (Act::Try, Word::TryNow),
        Step::Failed => (Act::Try, Word::TryAgain),
        _ => (Act::Edit, Word::Back),
    };
    let note = [el("b", "").says(strong), text(&[if strong.is_empty() { "" } else { " " }, line].concat())];
    let note = el("p", class).with([icon(sign), el("span", "").with(note)]);
    let mut all = el("div", STEP).with([heading(title), note]);
    if let (Step::Failed, Some(email)) = (step, &w.setup.fallback_email) {
        all = all.with([el("p", "ts-p").says(&fill(say(Word::FailedEmail), "email", email))]);
    }
    let mut row = el("div", "ts-row").with([button("ts-btn ts-btn-s", act, "", word)]);
    if !state.answer.comment.is_empty() {
        all = all.with([el("blockquote", "ts-copybox").has("tabindex", "0").says(&state.answer.comment)]);
        let word = if state.copied { Word::Copied } else { Word::CopyWords };
        row = row.with([button("ts-btn ts-btn-2 ts-btn-s", Act::Copy, "copy", word)]);
    }
    all.with([row, foot([quiet(Act::Delete, Word::DeleteIt)])])
}

fn sent() -> Node {
    let w = widget();
    let state = w.state.borrow();
    let email = &state.answer.email;
    let waits = || [el("b", "").says(say(Word::AnswerWaits)), text(" "), text(say(Word::AnswerWaitsWhere))];
    let (promise, more) = match email.is_empty() {
        true if state.answer.is_complaint() => {
            let note = el("p", "ts-note").with([icon("device"), el("span", "").with(waits())]);
            (note, Word::AddEmail)
        }
        true => (el("p", "ts-p").says(say(Word::SentWithoutEmail)), Word::AddEmail),
        false => (el("p", "ts-p").says(&fill(say(Word::SentWithEmail), "email", email)), Word::AddSomething),
    };
    let mut buttons = foot([quiet(Act::Edit, more)]);
    if w.setup.framed {
        buttons = buttons.with([quiet(Act::Close, Word::BackToShop)]);
    }
    let number = w.receipt_of(&state.answer);
    let mut all = el("div", STEP).with([heading(Word::Sent), receipt(&number, state.copied)]);
    if state.answer.is_complaint() {
        all = all.with(self::promise(true)).with([talk_view::steps(Stage::Received)]);
    }
    all.with([promise, buttons])
}

/// The short number to quote, and a button that copies it.
pub(crate) fn receipt(number: &str, is_copied: bool) -> Node {
    let label = el("dt", "").says(say(Word::ReceiptLabel));
    let copy = el("button", "ts-icon-btn")
        .has("type", "button")
        .has("id", "copy")
        .has("data-act", &(Act::Copy as u8).to_string())
        .has("aria-label", say(if is_copied { Word::Copied } else { Word::CopyReceipt }))
        .with([icon(if is_copied { "check" } else { "copy" })]);
    el("div", "ts-receipt").with([el("dl", "").with([label, el("dd", "").says(number)]), copy])
}

/// When an answer comes, if that is known; the whole of it says why one may believe it.
pub(crate) fn promise(is_whole: bool) -> Vec<Node> {
    let Some(promise) = widget().promise() else { return Vec::new() };
    let class = if promise.is_slow { "ts-note ts-note-mid" } else { "ts-promise" };
    let more = if is_whole { [" ", &promise.more].concat() } else { String::new() };
    let said = el("span", "").with([el("b", "").says(&promise.head), text(&more)]);
    vec![el("p", class).with([icon("clock"), said])]
}

fn keep() -> Node {
    let kept = |class, sign, word| el("li", class).with([icon(sign), text(say(word))]);
    let list = el("ul", "ts-keep").with([
        kept("", "check", Word::KeepAnswer),
        kept("", "check", Word::KeepContact),
        kept("", "check", Word::KeepPage),
        kept("", "check", Word::KeepDevice),
        kept("no", "x", Word::KeepNot),
    ]);
    let forget =
        el("div", "ts-row").with([button("ts-btn ts-btn-2 ts-btn-s", Act::Forget, "", Word::ForgetDevice)]);
    el("div", STEP).with([heading(Word::KeepTitle), list, forget, foot([quiet(Act::Back, Word::Back)])])
}
