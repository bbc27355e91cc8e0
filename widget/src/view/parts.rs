//! Parts that several screens have in common.

use super::element::{Element, b, button, dd, div, dl, dt, h1, label, p, span, svg, use_};
use super::text;
use crate::model::action::Action;
use crate::state::widget;
use shared::words::Word;

/// The class of a screen.
pub(crate) const SCREEN: &str = "ts-body ts-step";

pub(crate) fn icon(name: &str) -> Element {
    // Arrows point the other way in languages that are written from right to left.
    let class = if matches!(name, "undo" | "back") { "ic ic-flip" } else { "ic" };
    symbol(&["#i-", name].concat()).class(class)
}

/// A drawing of `icons.html`, which is part of the page.
pub(crate) fn symbol(href: &str) -> Element {
    svg().attr("aria-hidden", "true").child(use_().attr("href", href))
}

pub(crate) fn heading(word: Word) -> Element {
    h1().class("ts-ask").id("ask").attr("tabindex", "-1").child(text(word))
}

pub(crate) fn paragraph(sentence: &str) -> Element {
    p().class("ts-p").child(sentence)
}

/// A paragraph with an icon before its text.
pub(crate) fn note(class: &'static str, icon_name: &str, content: Element) -> Element {
    p().class(class).child(icon(icon_name)).child(content)
}

/// A note about something that went wrong.
pub(crate) fn error_note(sentence: &str) -> Element {
    note("ts-err", "alert", span().child(sentence))
}

/// The same, announced by screen readers; nothing if there is no sentence.
pub(crate) fn alert(sentence: &str) -> Option<Element> {
    (!sentence.is_empty()).then(|| error_note(sentence).attr("role", "alert"))
}

/// A button without content.
pub(crate) fn bare_button(class: &'static str, action: Action) -> Element {
    let id = ["act-", action.id()].concat();
    button().class(class).attr("type", "button").attr("data-act", action.id()).id(&id)
}

/// A button; without an icon if its name is empty.
pub(crate) fn action_button(class: &'static str, action: Action, icon_name: &str, word: Word) -> Element {
    let has_icon = !icon_name.is_empty();
    bare_button(class, action).children(has_icon.then(|| icon(icon_name))).child(text(word))
}

/// A button that looks like a link.
pub(crate) fn quiet_button(action: Action, word: Word) -> Element {
    let (class, icon_name) = match action {
        Action::ChooseAgain | Action::AskAgain => ("ts-quiet", "undo"),
        Action::Back => ("ts-quiet", "back"),
        Action::ShowConversation if word == Word::Back => ("ts-quiet", "back"),
        Action::NotNow | Action::NeverAsk | Action::Leave | Action::ShowConversations => ("ts-quiet", ""),
        _ => ("ts-quiet ts-under", ""),
    };
    action_button(class, action, icon_name, word)
}

/// The row of quiet buttons at the end of a screen.
pub(crate) fn foot(buttons: impl IntoIterator<Item = Element>) -> Element {
    div().class("ts-foot").children(buttons)
}

/// A field with its label.
pub(crate) fn field(name: &str, label_text: impl IntoIterator<Item = Element>, input: Element) -> Element {
    let label = label().attr("for", name).children(label_text);
    div().class("ts-field").child(label).child(input.id(name).attr("name", name))
}

/// The number to quote, and a button that copies it.
pub(crate) fn receipt(number: &str, is_copied: bool) -> Element {
    let (word, icon_name) = if is_copied { (Word::Copied, "check") } else { (Word::CopyReceipt, "copy") };
    let copy = button()
        .class("ts-icon-btn")
        .attr("type", "button")
        .id("copy")
        .attr("data-act", Action::Copy.id())
        .attr("aria-label", text(word))
        .child(icon(icon_name));
    let list = dl().child(dt().child(text(Word::ReceiptLabel))).child(dd().child(number));
    div().class("ts-receipt").child(list).child(copy)
}

/// When the shop replies, if that is known; `is_whole` adds why the visitor may believe it.
pub(crate) fn reply_promise(is_whole: bool) -> Option<Element> {
    let promise = widget().promise()?;
    let class = if promise.is_slow { "ts-note ts-note-mid" } else { "ts-promise" };
    let more = if is_whole { [" ", &promise.more].concat() } else { String::new() };
    let content = span().child(b().child(promise.head.as_str())).child(more.as_str());
    Some(note(class, "clock", content))
}

/// A screen on which nothing is left to do: a heading, a sentence, and a few buttons.
pub(crate) fn short_screen(
    title: Word,
    sentence: Word,
    buttons: impl IntoIterator<Item = Element>,
) -> Element {
    div().class(SCREEN).child(heading(title)).child(paragraph(text(sentence))).child(foot(buttons))
}
