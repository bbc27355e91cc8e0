//! What every step looks like. Decides nothing: it shows `page::State` and passes on what is tapped.
//!
//! Kept light on purpose: one signal, few shapes of element, and whatever returns to its caller is one erased type, so
//! that the machinery behind a view exists once. Class names are those of `frame.css`.

use crate::page::{Act, widget};
use crate::step::Step;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use shared::faces::{faces, question};
use shared::words::{Word, fill};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlInputElement};

fn say(word: Word) -> &'static str {
    widget().say(word)
}

/// The widget's part of the page: what a screen reader is told, and the step.
pub fn page() -> impl IntoView {
    view! {
        <div on:pointerdown=|_| widget().touch()>
            <p class="vh" id="live" role="status"></p>
            {move || show(widget().step.get())}
        </div>
    }
}

fn show(step: Step) -> AnyView {
    match step {
        Step::Question => ask(),
        Step::Happy => short(Word::ThankYou, Word::ThankYouMore, (Act::ByMistake, Word::ByMistake), Some((Act::SayMore, Word::SayMore))),
        Step::SayMore => form(false),
        Step::Form => form(false),
        Step::Sending => form(true),
        Step::Saved | Step::Failed | Step::Refused => undelivered(step),
        Step::Sent => sent(),
        Step::Never => short(Word::NeverAgainDone, Word::NeverAgainWhere, (Act::AskAgain, Word::Undo), None),
        Step::Keep => keep(),
        Step::Forgotten => short(Word::Forgotten, Word::NeverAgainWhere, (Act::Close, Word::BackToShop), None),
    }
}

// ---- Small parts ----

fn icon(name: &'static str) -> AnyView {
    let class = if matches!(name, "undo" | "back") { "ic ic-flip" } else { "ic" };
    view! { <svg class=class aria-hidden="true"><use_ href=["#i-", name].concat()/></svg> }.into_any()
}

fn heading(text: &'static str) -> AnyView {
    view! { <h1 class="ts-ask" id="ask" tabindex="-1">{text}</h1> }.into_any()
}

fn body(class: &'static str, parts: Vec<AnyView>) -> AnyView {
    view! { <div class=class>{parts}</div> }.into_any()
}

fn line(class: &'static str, text: String) -> AnyView {
    view! { <p class=class>{text}</p> }.into_any()
}

fn none() -> AnyView {
    ().into_any()
}

fn button(class: &'static str, sign: &'static str, text: &'static str, act: Act) -> AnyView {
    let sign = if sign.is_empty() { none() } else { icon(sign) };
    view! { <button type="button" class=class on:click=move |_| widget().act(act)>{sign}{text}</button> }.into_any()
}

fn quiet(act: Act, word: Word) -> AnyView {
    let sign = match act {
        Act::ByMistake | Act::AskAgain => "undo",
        Act::Back => "back",
        _ => "",
    };
    let class = if matches!(act, Act::NotNow | Act::Never | Act::Leave) || !sign.is_empty() { "ts-quiet" } else { "ts-quiet ts-under" };
    button(class, sign, say(word), act)
}

// ---- The steps ----

const STEP: &str = "ts-body ts-step";
const NUDGE: &str = "ts-body ts-body-nudge ts-step";

thread_local! {
    /// Whether the click that follows is an arrow key's: arrows move, and never send.
    static BY_ARROW: Cell<bool> = const { Cell::new(false) };
}

fn rating_of(target: Option<EventTarget>) -> Option<(HtmlInputElement, u8)> {
    let input = target?.dyn_into::<HtmlInputElement>().ok()?;
    let rating = input.value().parse().ok()?;
    Some((input, rating))
}

fn tapped(event: &Event) {
    if BY_ARROW.replace(false) {
        return;
    }
    if let Some((_, rating)) = rating_of(event.target()) {
        widget().choose(rating);
    }
}

fn pressed(event: &KeyboardEvent) {
    let key = event.key();
    BY_ARROW.set(key.starts_with("Arrow"));
    if key == "Enter" {
        event.prevent_default();
        if let Some((input, rating)) = rating_of(event.target()) {
            input.set_checked(true);
            widget().choose(rating);
        }
    }
}

fn ask() -> AnyView {
    let w = widget();
    let (rating, moment, expired) = {
        let state = w.state.borrow();
        (state.answer.rating, state.answer.moment, state.expired)
    };
    let faces = faces(w.setup.scale, moment);
    let class = ["ts-faces ts-faces-", &faces.len().to_string()].concat();
    let drawn = faces.iter().map(|face| {
        let mood = match face.rating {
            4.. => "ts-face is-good",
            3 => "ts-face is-mid",
            _ => "ts-face is-bad",
        };
        let drawing = match face.kind {
            "up" | "down" => view! { <span class="ts-thumb">{icon(face.kind)}</span> }.into_any(),
            kind => view! { <svg viewBox="0 0 40 40" aria-hidden="true"><use_ href=["#f-", kind].concat()/></svg> }.into_any(),
        };
        view! {
            <label class=mood>
                <input type="radio" name="rating" value=face.rating.to_string() checked=face.rating == rating/>
                {drawing}
                <span>{say(face.label)}</span>
            </label>
        }
        .into_any()
    });
    let faces = view! {
        <div>
            <fieldset class=class aria-labelledby="ask" on:click=|e| tapped(&e) on:keydown=|e| pressed(&e) on:keyup=|_| BY_ARROW.set(false)>
                {drawn.collect::<Vec<_>>()}
            </fieldset>
            <p class="ts-confirm">{say(Word::PressEnter)}</p>
        </div>
    };
    let foot = match w.setup.framed {
        true => foot(vec![quiet(Act::NotNow, Word::NotNow), quiet(Act::Never, Word::NeverAgain)]),
        false => none(),
    };
    let told = if expired { line("ts-p", say(Word::Expired).to_owned()) } else { none() };
    body(NUDGE, vec![told, heading(say(question(moment))), faces.into_any(), foot])
}

fn foot(parts: Vec<AnyView>) -> AnyView {
    body("ts-foot", parts)
}

/// Nothing more to do: a sentence, a line, and what one may still want.
fn short(title: Word, text: Word, first: (Act, Word), second: Option<(Act, Word)>) -> AnyView {
    let mut parts = vec![quiet(first.0, first.1)];
    parts.extend(second.map(|(act, word)| quiet(act, word)));
    body(STEP, vec![heading(say(title)), line("ts-p", say(text).to_owned()), foot(parts)])
}

fn form_of(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest("form").ok()?
}

fn submitted(event: &SubmitEvent) {
    event.prevent_default();
    if let Some(form) = form_of(event.target()) {
        widget().send(&form);
    }
}

fn typed(event: &Event) {
    if let Some(form) = form_of(event.target()) {
        widget().typed(&form);
    }
}

fn label(of: &'static str, text: Word) -> AnyView {
    view! { <label for=of>{say(text)}" "<i>{say(Word::Optional)}</i></label> }.into_any()
}

fn field(name: &'static str, word: Word, kind: &'static str, value: String, wrong: bool) -> AnyView {
    view! {
        <div class="ts-field">
            {label(name, word)}
            <input class="ts-input" id=name name=name type=kind value=value aria-invalid=if wrong { "true" } else { "false" }
                aria-describedby="hint" autocomplete=if kind == "email" { "email" } else { "off" }/>
        </div>
    }
    .into_any()
}

/// Reasons, words and a way to answer; after all good only the words.
fn form(sending: bool) -> AnyView {
    let w = widget();
    let (answer, trouble) = {
        let state = w.state.borrow();
        (state.answer.clone(), state.trouble.clone())
    };
    let happy = answer.rating >= 4;
    let title = match answer.rating {
        1 | 2 => Word::WhatWentWrong,
        3 => Word::WhatWouldBeBetter,
        _ => Word::WhatWasRight,
    };
    let chips = w.setup.reasons.chunks_exact(2).map(|reason| {
        let checked = answer.reasons.contains(&reason[0]);
        view! {
            <label class="ts-chip">
                <input type="checkbox" name="reasons" value=reason[0].as_str() checked=checked/>
                {icon("check")}
                {reason[1].as_str()}
            </label>
        }
        .into_any()
    });
    let reasons = view! {
        <fieldset hidden=happy || w.setup.reasons.is_empty()>
            <legend class="ts-legend">{say(Word::TapWhatFits)}" "<i>{say(Word::AsManyAsYouLike)}</i></legend>
            {body("ts-chips", chips.collect())}
        </fieldset>
    };
    let words = view! {
        <div class="ts-field">
            {label("comment", if happy { Word::LineForTheTeam } else { Word::OwnWords })}
            <textarea class="ts-input" id="comment" name="comment" rows="2" readonly=sending>{answer.comment}</textarea>
        </div>
    };
    let wrong = !trouble.is_empty();
    let hint = if wrong { trouble } else { say(Word::EmailHint).to_owned() };
    let contact = view! {
        <div hidden=happy>
            <label class="ts-tick-row"><input type="checkbox" name="wants_reply" checked=answer.wants_reply/>{say(Word::WantsReply)}</label>
            <div class="ts-contact">
                {field("email", Word::EmailLabel, "email", answer.email, wrong)}
                {field("order", Word::OrderLabel, "text", answer.order, false)}
                <p id="hint" class=if wrong { "ts-err" } else { "ts-hint" }>{hint}</p>
            </div>
        </div>
    };
    let privacy = view! {
        <p class="ts-privacy">{icon("lock")}<span>{say(Word::Private)}" "{button("ts-inline", "", say(Word::WhatWeKeep), Act::Keep)}</span></p>
    };
    let (spinner, text) = match sending {
        true => (view! { <span class="ts-spin"></span> }.into_any(), Word::Sending),
        false => (none(), Word::Send),
    };
    let leave = if answer.rating == 3 && !sending { foot(vec![quiet(Act::Leave, Word::LeaveIt)]) } else { none() };
    view! {
        <form class=STEP novalidate aria-busy=if sending { "true" } else { "false" } on:submit=|e| submitted(&e) on:input=|e| typed(&e)>
            {heading(say(title))}
            {reasons}
            {words}
            {contact}
            {privacy}
            <button class="ts-btn" aria-disabled=if sending { "true" } else { "false" }>{spinner}{say(text)}</button>
            {leave}
        </form>
    }
    .into_any()
}

/// On this device only, unanswered, or refused: says so, shows the words, and offers to copy them.
fn undelivered(step: Step) -> AnyView {
    let w = widget();
    let (words, outlives, refusal, copied) = {
        let state = w.state.borrow();
        (state.answer.comment.clone(), state.outlives, state.refusal.clone(), state.copied)
    };
    let (title, class, sign, strong, text) = match step {
        Step::Saved => {
            let body = if outlives { Word::SavedBody } else { Word::SavedBodyMemory };
            (Word::SavedTitle, "ts-note ts-note-mid", "device", say(Word::SavedOffline), say(body).to_owned())
        }
        Step::Failed => {
            let body = if outlives { "" } else { say(Word::SavedBodyMemory) };
            (Word::FailedTitle, "ts-note ts-note-bad", "alert", say(Word::FailedBody), body.to_owned())
        }
        _ => (Word::RefusedTitle, "ts-note ts-note-bad", "alert", "", refusal),
    };
    let email = w.setup.fallback_email.as_deref().filter(|_| step == Step::Failed);
    let elsewhere = match email {
        Some(email) => line("ts-p", fill(say(Word::FailedEmail), "email", email)),
        None => none(),
    };
    let has_words = !words.is_empty();
    let words = if has_words { view! { <blockquote class="ts-copybox" tabindex="0">{words}</blockquote> }.into_any() } else { none() };
    let copy = if has_words {
        button("ts-btn ts-btn-2 ts-btn-s", "copy", say(if copied { Word::Copied } else { Word::CopyWords }), Act::Copy)
    } else {
        none()
    };
    let (act, word) = match step {
        Step::Saved => (Act::Try, Word::TryNow),
        Step::Failed => (Act::Try, Word::TryAgain),
        _ => (Act::Edit, Word::Back),
    };
    let note = view! { <p class=class>{icon(sign)}<span><b>{strong}</b>" "{text}</span></p> };
    body(
        STEP,
        vec![
            heading(say(title)),
            note.into_any(),
            elsewhere,
            words,
            body("ts-row", vec![button("ts-btn ts-btn-s", "", say(word), act), copy]),
            foot(vec![quiet(Act::Delete, Word::DeleteIt)]),
        ],
    )
}

fn sent() -> AnyView {
    let w = widget();
    let (email, copied) = {
        let state = w.state.borrow();
        (state.answer.email.clone(), state.copied)
    };
    let receipt = view! {
        <div class="ts-receipt">
            <dl><dt>{say(Word::ReceiptLabel)}</dt><dd>{w.receipt()}</dd></dl>
            <button type="button" class="ts-icon-btn" on:click=|_| widget().act(Act::Copy) aria-label=say(Word::CopyReceipt)>
                {icon(if copied { "check" } else { "copy" })}
            </button>
        </div>
    };
    let (promise, more) = match email.is_empty() {
        true => (say(Word::SentWithoutEmail).to_owned(), Word::AddEmail),
        false => (fill(say(Word::SentWithEmail), "email", &email), Word::AddSomething),
    };
    let mut parts = vec![quiet(Act::Edit, more)];
    if w.setup.framed {
        parts.push(quiet(Act::Close, Word::BackToShop));
    }
    body(STEP, vec![heading(say(Word::Sent)), receipt.into_any(), line("ts-p", promise), foot(parts)])
}

fn keep() -> AnyView {
    let kept = |word, yes: bool| {
        let (class, sign) = if yes { ("", "check") } else { ("no", "x") };
        view! { <li class=class>{icon(sign)}{say(word)}</li> }.into_any()
    };
    let list = view! {
        <ul class="ts-keep">
            {vec![
                kept(Word::KeepAnswer, true),
                kept(Word::KeepContact, true),
                kept(Word::KeepPage, true),
                kept(Word::KeepDevice, true),
                kept(Word::KeepNot, false),
            ]}
        </ul>
    };
    let forget = body("ts-row", vec![button("ts-btn ts-btn-2 ts-btn-s", "", say(Word::ForgetDevice), Act::Forget)]);
    body(STEP, vec![heading(say(Word::KeepTitle)), list.into_any(), forget, foot(vec![quiet(Act::Back, Word::Back)])])
}
