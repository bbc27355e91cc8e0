//! The screens around a conversation: the list, the menu, deletion, and why one cannot be shown.

use super::conversation::{format_instant, stage};
use super::element::{Element, b, button, div, form, input, li, p, q, span, ul};
use super::parts::{
    SCREEN, action_button, alert, field, foot, heading, note, paragraph, quiet_button, receipt, short_screen,
};
use super::text;
use crate::model::action::Action;
use crate::state::{receipt_for, widget};
use shared::wire::conversation::ConversationSummary;
use shared::words::{Word, fill};

/// The list of conversations.
pub(crate) fn list() -> Element {
    let state = widget().state.borrow();
    let items = state.conversations.summaries.iter().enumerate().map(|(n, summary)| list_item(n, summary));
    div()
        .class(SCREEN)
        .child(heading(Word::Talks))
        .child(ul().class("ts-talks").children(items))
        .child(foot([quiet_button(Action::Leave, Word::SayElse)]))
}

fn list_item(index: usize, summary: &ConversationSummary) -> Element {
    let step = match stage(&summary.stage).progress() {
        0 => Word::StepReceived,
        1 => Word::StepInHand,
        _ => Word::StepPutRight,
    };
    let about = [&summary.receipt, " · ", text(step), " · ", &format_instant(summary.changed_at_ms)].concat();
    let replied = || b().child(fill(text(Word::Answered), "name", &summary.person).as_str());
    let button = button()
        .class("ts-line")
        .attr("type", "button")
        .attr("data-act", Action::PickConversation.id())
        .attr("data-index", &index.to_string())
        .child(q().attr("dir", "auto").child(summary.words.as_str()))
        .child(about.as_str())
        .children((summary.unread > 0).then(replied));
    li().child(button)
}

/// What else can be done with a conversation.
pub(crate) fn menu() -> Element {
    let state = widget().state.borrow();
    let conversations = &state.conversations;
    let has_link = !conversations.link.is_empty();
    let copy_word = if has_link { Word::Copied } else { Word::CopyLink };
    let link = || {
        p().class("ts-copybox").attr("tabindex", "0").attr("dir", "ltr").child(conversations.link.as_str())
    };
    let has_email = conversations.current.as_ref().is_some_and(|current| current.has_email);
    let email = if !conversations.email.is_empty() {
        let sentence = fill(text(Word::SentWithEmail), "email", &conversations.email);
        Some(note("ts-note ts-note-good", "check", span().child(sentence.as_str())))
    } else if !has_email {
        Some(email_form())
    } else {
        None
    };
    div()
        .class(SCREEN)
        .child(heading(Word::More))
        .child(receipt(&receipt_for(&conversations.current_id), state.is_copied))
        .child(action_button("ts-btn ts-btn-2 ts-btn-s", Action::CopyLink, "copy", copy_word))
        .children(has_link.then(link))
        .child(paragraph(text(Word::LinkMore)))
        .children(email)
        .children(alert(&conversations.error))
        .child(foot([
            quiet_button(Action::ForgetDevice, Word::ForgetDevice),
            quiet_button(Action::AskErase, Word::Erase),
        ]))
        .child(foot([quiet_button(Action::ShowConversation, Word::Back)]))
}

fn email_form() -> Element {
    let email = input().class("ts-input").attr("type", "email").attr("autocomplete", "email");
    form()
        .class("ts-field")
        .bool_attr("novalidate", true)
        .id("add-email")
        .child(field("email", [text(Word::EmailLabel).into()], email))
        .child(button().class("ts-btn ts-btn-2 ts-btn-s").child(text(Word::Save)))
}

/// Asks whether the conversation is really to be deleted.
pub(crate) fn confirm_erase() -> Element {
    let state = widget().state.borrow();
    div()
        .class(SCREEN)
        .child(heading(Word::EraseSure))
        .child(paragraph(text(Word::EraseMore)))
        .child(action_button("ts-btn ts-btn-bad", Action::Erase, "", Word::EraseYes))
        .children(alert(&state.conversations.error))
        .child(foot([quiet_button(Action::ShowConversation, Word::Back)]))
}

/// The conversation is being fetched.
pub(crate) fn loading() -> Element {
    let wait = p()
        .class("ts-p")
        .child(span().class("ts-spin"))
        .child([" ", text(Word::OneMoment)].concat().as_str());
    div().class(SCREEN).attr("aria-busy", "true").child(heading(Word::Talk)).child(wait)
}

/// The conversation cannot be fetched at the moment.
pub(crate) fn unavailable() -> Element {
    let retry = action_button("ts-btn ts-btn-s", Action::RetryConversation, "", Word::TryAgain);
    short_screen(Word::TalkAway, Word::FailedBody, [retry])
}

/// The conversation does not exist, or not any more.
pub(crate) fn gone(title: Word, sentence: Word) -> Element {
    let w = widget();
    let has_others = !w.conversations().keys.is_empty();
    let buttons = has_others
        .then(|| quiet_button(Action::ShowConversations, Word::Talks))
        .into_iter()
        .chain(w.setup.framed.then(|| quiet_button(Action::Leave, Word::SayElse)));
    short_screen(title, sentence, buttons)
}
