//! What else can be done with a conversation: link, address, deletion; and how the first one is opened.

use super::conversation::path;
use crate::conversation_state::ConversationState;
use crate::dom::field_value;
use crate::model::draft_response::email_error;
use crate::model::screen::Screen;
use crate::platform::api_client::request;
use crate::platform::json::response_body;
use crate::platform::{browser, clipboard};
use crate::state::{Widget, storage_key};
use shared::words::{Word, fill};
use wasm_bindgen::JsValue;
use web_sys::Element;

impl Widget {
    /// Makes a private link. It is copied before the collector knows it, because browsers allow copying only in response
    /// to a tap.
    pub(crate) fn create_private_link(&'static self) {
        let (id, secret) = (self.current_id(), browser::new_secret());
        let url = [&browser::origin(), "/c/", &self.setup.shop, "#", &secret].concat();
        clipboard::copy(&url);
        let body = self.signed_body(&id, "link", &secret.into());
        request(
            "POST",
            path(&id, "links"),
            body,
            Box::new(move |response| {
                if response.is_stored(&id) {
                    self.state.borrow_mut().conversations.link = url;
                }
                self.show_result(response.is_stored(&id));
            }),
        );
    }

    /// Adds the address to which replies go.
    pub(crate) fn add_email(&'static self, form: &Element) {
        let email = field_value(form, "[name=email]").trim().to_owned();
        if let Some((word, end)) = email_error(&email) {
            self.state.borrow_mut().conversations.error = fill(self.text(word), "end", end);
            return self.show(Screen::ConversationMenu, "[name=email]");
        }
        let id = self.current_id();
        let body = self.signed_body(&id, "email", &email.as_str().into());
        request(
            "PATCH",
            ["/v1/responses/", &id].concat(),
            body,
            Box::new(move |response| {
                if response.is_stored(&id) {
                    self.state.borrow_mut().conversations.email = email;
                }
                self.show_result(response.is_stored(&id));
            }),
        );
    }

    /// Draws the current screen of a conversation again, with an error sentence if something failed.
    fn show_result(&'static self, is_done: bool) {
        let sentence = if is_done { "" } else { self.text(Word::FailedTitle) };
        sentence.clone_into(&mut self.state.borrow_mut().conversations.error);
        if self.current_screen().is_conversation() {
            self.redraw();
        }
    }

    /// Deletes the current conversation.
    pub(crate) fn erase_conversation(&'static self) {
        let id = self.current_id();
        let body = self.signed_body(&id, "", &JsValue::NULL);
        request(
            "POST",
            path(&id, "erase"),
            body,
            Box::new(move |response| {
                // 404: it was deleted before.
                if !matches!(response.status, 200 | 404) {
                    return self.show_result(false);
                }
                self.update_conversations(&mut |store| store.remove(&id));
                self.state.borrow_mut().conversations.summaries.retain(|summary| summary.id != id);
                self.subscribe();
                self.update_launcher();
                self.show(Screen::Erased, "#ask");
            }),
        );
    }

    /// Makes this device forget all conversations, and the collector all secrets of this device.
    pub(crate) fn forget_conversations(&'static self) {
        for (id, secret) in self.conversations().keys {
            let body = self.body(&secret.into(), "", &JsValue::NULL);
            request("POST", path(&id, "forget"), body, Box::new(|_| {}));
        }
        browser::save(&storage_key(&self.setup, ".talks"), None);
        self.state.borrow_mut().conversations = ConversationState::default();
        self.subscribe();
    }

    /// Opens the conversation for which the page was opened: the one of the private link, or one of this device.
    pub(crate) fn open_first_conversation(&'static self) {
        let link = self.state.borrow().conversations.link_secret.clone();
        if link.is_empty() {
            return match self.default_conversation() {
                Some(id) => self.open_conversation(&id),
                None => self.show(Screen::ConversationGone, "#ask"),
            };
        }
        self.show(Screen::LoadingConversation, "#ask");
        let secret = browser::new_secret();
        let body = self.body(&secret.as_str().into(), "link", &link.into());
        request(
            "POST",
            "/v1/links".to_owned(),
            body,
            Box::new(move |response| match response.status {
                200 => {
                    let id = response_body(&response.text).id;
                    self.state.borrow_mut().conversations.link_secret.clear();
                    self.add_conversation(&id, &secret);
                    self.open_conversation(&id);
                }
                400 | 404 => self.show(Screen::ConversationGone, "#ask"),
                _ => self.show_unavailable(),
            }),
        );
    }
}
