//! What each screen looks like. Decides nothing: draws the state, and names for each button the action that it stands for.
//!
//! Class names are those of `frame.css`.

pub(crate) mod conversation;
mod conversation_menu;
mod element;
mod form;
mod parts;
mod question;

use crate::model::action::Action;
use crate::model::screen::Screen;
use crate::state::widget;
use element::Element;
use parts::{quiet_button, short_screen};
use shared::words::Word;

/// A text in the visitor's language.
pub(crate) fn text(word: Word) -> &'static str {
    widget().text(word)
}

/// Draws a screen.
pub(crate) fn screen(screen: Screen) -> Element {
    match screen {
        Screen::Question => question::question(),
        Screen::SayMore | Screen::Form => form::response_form(false),
        Screen::Sending => form::response_form(true),
        Screen::Saved | Screen::Failed | Screen::Refused => form::undelivered(screen),
        Screen::Sent => form::sent(),
        Screen::Privacy => question::privacy(),
        Screen::Happy => short_screen(
            Word::ThankYou,
            Word::ThankYouMore,
            [
                quiet_button(Action::ChooseAgain, Word::ByMistake),
                quiet_button(Action::SayMore, Word::SayMore),
            ],
        ),
        Screen::NeverAsk => short_screen(
            Word::NeverAgainDone,
            Word::NeverAgainWhere,
            [quiet_button(Action::AskAgain, Word::Undo)],
        ),
        Screen::Forgotten => short_screen(
            Word::Forgotten,
            Word::NeverAgainWhere,
            [quiet_button(Action::Close, Word::BackToShop)],
        ),
        Screen::LoadingConversation => conversation_menu::loading(),
        Screen::Conversation => conversation::conversation(),
        Screen::Conversations => conversation_menu::list(),
        Screen::ConversationMenu => conversation_menu::menu(),
        Screen::ConfirmErase => conversation_menu::confirm_erase(),
        Screen::Erased => conversation_menu::gone(Word::Forgotten, Word::Erased),
        Screen::ConversationUnavailable => conversation_menu::unavailable(),
        Screen::ConversationGone => conversation_menu::gone(Word::TalkGone, Word::TalkGoneWhy),
    }
}
