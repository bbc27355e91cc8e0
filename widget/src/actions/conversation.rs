//! A conversation with the shop: its keys on the device, and fetching what is new.

use crate::conversation_dom;
use crate::dom::query;
use crate::model::conversation_store::ConversationStore;
use crate::model::screen::Screen;
use crate::platform::api_client::request;
use crate::platform::browser;
use crate::platform::json::{self, object, stringify};
use crate::state::{Widget, storage_key};
use crate::view::conversation::{NOT_YET, OKAY};
use js_sys::Array;
use leptos::prelude::document;
use shared::conversation::Stage;
use shared::wire::conversation::VisitorConversation;
use shared::words::{Word, fill};
use wasm_bindgen::JsValue;

/// How long a message is in sight before it counts as seen.
const SEEN_AFTER_MS: u64 = 3_000;

/// The path of a request about a conversation.
pub(crate) fn path(id: &str, action: &str) -> String {
    ["/v1/conversations/", id, "/", action].concat()
}

impl Widget {
    // ---- What lies on the device ----

    /// What lies on the device about conversations.
    pub(crate) fn conversations(&self) -> ConversationStore {
        let text = browser::load(&storage_key(&self.setup, ".talks")).unwrap_or_default();
        ConversationStore::decode(&text)
    }

    pub(crate) fn update_conversations(&self, change: &mut dyn FnMut(&mut ConversationStore)) {
        let mut store = self.conversations();
        change(&mut store);
        browser::save(&storage_key(&self.setup, ".talks"), store.encode().as_deref());
    }

    pub(crate) fn current_id(&self) -> String {
        self.state.borrow().conversations.current_id.clone()
    }

    /// The current conversation, if this device has a key to it.
    pub(crate) fn current_conversation(&self) -> Option<String> {
        let id = self.current_id();
        self.conversations().secret(&id).is_some().then_some(id)
    }

    /// The conversation to show to a visitor who asks for none in particular: with something unread, or the latest.
    pub(crate) fn default_conversation(&self) -> Option<String> {
        let id = self.state.borrow().conversations.latest().map(|summary| summary.id.clone());
        id.or_else(|| self.conversations().keys.pop().map(|key| key.0))
    }

    // ---- The bodies of requests ----

    /// The body of a request about a conversation, with one more field if `name` is not empty.
    pub(crate) fn signed_body(&self, conversation: &str, name: &str, value: &JsValue) -> String {
        let secret = self.conversations().secret(conversation).unwrap_or_default().into();
        self.body(&secret, name, value)
    }

    pub(crate) fn body(&self, secret: &JsValue, name: &str, value: &JsValue) -> String {
        let shop = self.setup.shop.as_str().into();
        let fields = [("shop", &shop), ("secret", secret), (name, value)];
        stringify(if name.is_empty() { &fields[..2] } else { &fields })
    }

    /// The keys of all conversations, as the body of a request.
    fn keys_body(&self, store: &ConversationStore) -> String {
        let keys = Array::new();
        for (id, secret) in &store.keys {
            keys.push(&object(&[("id", &id.into()), ("secret", &secret.into())]));
        }
        stringify(&[("shop", &self.setup.shop.as_str().into()), ("keys", &keys)])
    }

    // ---- Start ----

    /// Removes messages that waited for too long, listens for news, and opens the conversation if the page is about one.
    pub(crate) fn start_conversations(&'static self) {
        let mut has_expired = false;
        if !self.conversations().pending.is_empty() {
            self.update_conversations(&mut |store| has_expired = store.expire(browser::now_ms()));
        }
        self.state.borrow_mut().has_expired |= has_expired;
        self.subscribe();
        if let Some(placeholder) = query("#wait") {
            placeholder.remove();
            self.state.borrow_mut().conversations.is_in_sight = true;
            self.open_first_conversation();
        }
    }

    /// Listens for news of the conversations on this device. The collector begins with one, so that they are fetched.
    pub(crate) fn subscribe(&'static self) {
        let store = self.conversations();
        if self.setup.preview {
            return;
        }
        if store.keys.is_empty() {
            self.stream.listen(String::new());
            self.host.set_unread("", None);
        } else {
            self.stream.listen(self.keys_body(&store));
        }
    }

    /// Adds a conversation that this device can open from now on.
    pub(crate) fn add_conversation(&'static self, id: &str, secret: &str) {
        self.update_conversations(&mut |store| store.put_key(id, secret));
        self.subscribe();
    }

    // ---- Fetching ----

    /// Fetches the summaries of all conversations, updates the launcher, and fetches the conversation in sight.
    pub(crate) fn refresh_conversations(&'static self) {
        let store = self.conversations();
        if store.keys.is_empty() {
            return;
        }
        let body = self.keys_body(&store);
        request(
            "POST",
            "/v1/conversations".to_owned(),
            body,
            Box::new(move |response| {
                let (200, Some(summaries)) = (response.status, json::conversation_list(&response.text))
                else {
                    return;
                };
                let is_gone = |id: &str| !summaries.iter().any(|summary| summary.id == id);
                if store.keys.iter().any(|(id, _)| is_gone(id)) {
                    for (id, _) in store.keys.iter().filter(|(id, _)| is_gone(id)) {
                        self.update_conversations(&mut |store| store.remove(id));
                    }
                    self.subscribe();
                }
                let is_current_gone = is_gone(&self.current_id());
                self.state.borrow_mut().conversations.summaries = summaries;
                self.update_launcher();
                match self.current_screen() {
                    Screen::Conversation if is_current_gone => self.show(Screen::ConversationGone, "#ask"),
                    Screen::Conversation => self.load_conversation(),
                    Screen::Conversations => self.redraw(),
                    _ => {}
                }
            }),
        );
    }

    /// Shows on the launcher how many messages are unread.
    pub(crate) fn update_launcher(&'static self) {
        let state = self.state.borrow();
        let conversations = &state.conversations;
        let unread: u32 = conversations.summaries.iter().map(|summary| summary.unread).sum();
        let Some(latest) = conversations.latest().filter(|_| unread > 0) else {
            let label = (!conversations.summaries.is_empty()).then(|| self.text(Word::Talk));
            return self.host.set_unread("", label);
        };
        let label = if latest.stage == Stage::PutRight.as_str() {
            self.text(Word::OkayNow).to_owned()
        } else {
            fill(self.text(Word::Answered), "name", &latest.person)
        };
        self.host.set_unread(&unread.to_string(), Some(&label));
    }

    /// Opens a conversation: what is known of it at once, and what is new when it was fetched.
    pub(crate) fn open_conversation(&'static self, id: &str) {
        let is_known = {
            let conversations = &mut self.state.borrow_mut().conversations;
            conversations.error.clear();
            conversations.link.clear();
            conversations.email.clear();
            if conversations.current_id != id {
                conversations.current = None;
            }
            id.clone_into(&mut conversations.current_id);
            conversations.current.is_some()
        };
        self.show(if is_known { Screen::Conversation } else { Screen::LoadingConversation }, "#ask");
        self.load_conversation();
    }

    /// Fetches the current conversation.
    fn load_conversation(&'static self) {
        let id = self.current_id();
        let body = self.signed_body(&id, "", &JsValue::NULL);
        request(
            "POST",
            path(&id, "read"),
            body,
            Box::new(move |response| {
                if self.current_id() != id {
                    return;
                }
                match json::conversation(&response.text, &id) {
                    Some(conversation) => self.show_conversation(conversation),
                    None if response.status == 404 => {
                        self.update_conversations(&mut |store| store.remove(&id));
                        self.show(Screen::ConversationGone, "#ask");
                    }
                    None => self.show_unavailable(),
                }
            }),
        );
    }

    /// Says that the conversation cannot be fetched, if the visitor waits for it.
    pub(crate) fn show_unavailable(&'static self) {
        if self.current_screen() == Screen::LoadingConversation {
            self.show(Screen::ConversationUnavailable, "#ask");
        }
    }

    fn show_conversation(&'static self, conversation: VisitorConversation) {
        // A message that is in the conversation is stored, even if the response that said so was lost.
        for pending in self.conversations().pending {
            if conversation.messages.iter().any(|message| message.id == pending.id) {
                self.update_conversations(&mut |store| store.remove_pending(&pending.id));
            }
        }
        let (has_news, is_same, proposed) = {
            let conversations = &mut self.state.borrow_mut().conversations;
            let has_news = conversation.messages.last().is_some_and(|last| last.new);
            let is_same = conversations.current.as_ref() == Some(&conversation);
            conversations.current = Some(conversation);
            (has_news, is_same, conversations.proposed)
        };
        match self.current_screen() {
            Screen::LoadingConversation | Screen::ConversationUnavailable => {
                let focus = match proposed {
                    Some(true) => OKAY,
                    Some(false) => NOT_YET,
                    None => "#ask",
                };
                self.show(Screen::Conversation, focus);
            }
            Screen::Conversation if !is_same => conversation_dom::redraw(has_news),
            _ => {}
        }
        self.run_later(SEEN_AFTER_MS, Self::mark_seen);
    }

    /// Tells the collector which messages the visitor has seen, if the conversation is in sight.
    fn mark_seen(&'static self) {
        let id = self.current_id();
        let newest_ms = {
            let conversations = &self.state.borrow().conversations;
            let is_in_sight = conversations.is_in_sight
                && !document().hidden()
                && self.current_screen() == Screen::Conversation;
            let current = conversations.current.as_ref().filter(|_| is_in_sight);
            current
                .and_then(|current| current.messages.iter().rfind(|message| message.new))
                .map(|last| last.sent_at_ms)
        };
        let Some(until_ms) = newest_ms else { return };
        let body = self.signed_body(&id, "until_ms", &(until_ms as f64).into());
        request(
            "POST",
            path(&id, "seen"),
            body,
            Box::new(move |response| {
                if response.is_stored(&id) {
                    self.refresh_conversations();
                }
            }),
        );
    }
}
