//! Carries out what the visitor does.

pub(crate) mod conversation;
mod conversation_menu;
pub(crate) mod delivery;
mod message;
pub(crate) mod response;

use crate::model::action::Action;
use crate::model::screen::Screen;
use crate::platform::{browser, clipboard};
use crate::state::{Widget, receipt_for, storage_key};

impl Widget {
    /// Carries out a tap on a button; `index` is the place in the list for [`Action::PickConversation`].
    pub(crate) fn run(&'static self, action: Action, index: usize) {
        match action {
            Action::NotNow => {
                self.host.settle("not_now");
                self.host.close();
            }
            Action::NeverAsk => {
                self.host.settle("never");
                self.show(Screen::NeverAsk, "#ask");
            }
            Action::AskAgain => {
                self.host.settle("ask_again");
                self.show(Screen::Question, "#ask");
            }
            Action::ChooseAgain => self.show(Screen::Question, "#ask"),
            Action::SayMore => self.show(Screen::SayMore, "[name=comment]"),
            Action::ShowPrivacy => {
                self.state.borrow_mut().previous_screen = self.current_screen();
                self.show(Screen::Privacy, "#ask");
            }
            Action::Back => {
                let previous = self.state.borrow().previous_screen;
                self.show(previous, "#ask");
            }
            Action::ForgetDevice => {
                browser::save(&storage_key(&self.setup, ".queue"), None);
                self.forget_conversations();
                self.host.settle("forget");
                self.show(Screen::Forgotten, "#ask");
            }
            Action::Retry => {
                self.state.borrow_mut().attempts = 0;
                self.show(Screen::Sending, "#ask");
                self.deliver();
            }
            Action::Copy => {
                clipboard::copy(&self.text_to_copy());
                self.state.borrow_mut().is_copied = true;
                self.redraw();
            }
            Action::DeleteResponse => {
                let id = self.state.borrow().response.id.clone();
                self.update_outbox(|outbox| outbox.remove(&id));
                self.start_new_response();
                self.host.close();
            }
            Action::Edit => {
                self.state.borrow_mut().response.wants_reply = true;
                self.show(Screen::Form, "#ask");
            }
            // In a conversation the button says that the visitor has something else to tell.
            Action::Leave if self.current_screen().is_conversation() => self.start_new_response(),
            Action::Leave => {
                self.start_new_response();
                self.host.close();
            }
            Action::Close => self.host.close(),
            Action::Okay => self.send_verdict(true),
            Action::NotYet => self.send_verdict(false),
            Action::ShowConversation => {
                if let Some(id) = self.current_conversation().or_else(|| self.default_conversation()) {
                    self.open_conversation(&id);
                }
            }
            Action::ShowConversations => {
                self.show(Screen::Conversations, "#ask");
                self.refresh_conversations();
            }
            Action::PickConversation => {
                let id = self.state.borrow().conversations.summaries.get(index).map(|s| s.id.clone());
                if let Some(id) = id {
                    self.open_conversation(&id);
                }
            }
            Action::ShowMenu => self.show(Screen::ConversationMenu, "#ask"),
            Action::CopyLink => self.create_private_link(),
            Action::AskErase => self.show(Screen::ConfirmErase, "#ask"),
            Action::Erase => self.erase_conversation(),
            Action::RetryConversation => self.open_first_conversation(),
        }
    }

    /// What "copy" copies on this screen: the receipt where there is one, else the words.
    fn text_to_copy(&self) -> String {
        match self.current_screen() {
            Screen::Sent => self.receipt(),
            Screen::ConversationMenu => receipt_for(&self.state.borrow().conversations.current_id),
            _ => self.state.borrow().response.comment.clone(),
        }
    }
}
