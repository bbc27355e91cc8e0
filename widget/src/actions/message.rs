//! Messages and verdicts of the visitor in a conversation.

use super::conversation::path;
use crate::conversation_dom;
use crate::dom::field_value;
use crate::model::conversation_store::PendingMessage;
use crate::model::delivery::SendOutcome;
use crate::model::draft_response::refusal_reason;
use crate::model::screen::Screen;
use crate::platform::api_client::send;
use crate::platform::browser;
use crate::platform::json::stringify;
use crate::state::Widget;
use shared::refusal::Code;
use shared::text::COMMENT_MAX_CHARS;
use shared::words::{Word, fill};
use wasm_bindgen::JsValue;
use web_sys::Element;

impl Widget {
    /// The visitor has typed something in a conversation: saves it.
    pub(crate) fn save_message_draft(&self, form: &Element) {
        let (id, words) = (self.current_id(), field_value(form, "[name=words]"));
        self.update_conversations(&mut |store| store.put_draft(&id, &words));
    }

    /// The visitor sends a message.
    pub(crate) fn send_message(&'static self, form: &Element) {
        let words = field_value(form, "[name=words]").trim().to_owned();
        if words.is_empty() {
            return;
        }
        if words.chars().nth(COMMENT_MAX_CHARS).is_some() {
            let sentence = fill(self.text(Word::TooLong), "n", &COMMENT_MAX_CHARS.to_string());
            self.state.borrow_mut().conversations.error = sentence;
        } else {
            self.enqueue_message(words, None);
        }
        self.show(Screen::Conversation, "#words");
    }

    /// The visitor says whether it is okay now.
    pub(crate) fn send_verdict(&'static self, okay: bool) {
        self.state.borrow_mut().conversations.proposed = None;
        self.enqueue_message(String::new(), Some(okay));
        self.show(Screen::Conversation, if okay { "#ask" } else { "#words" });
    }

    fn enqueue_message(&'static self, words: String, okay: Option<bool>) {
        let conversation = self.current_id();
        self.state.borrow_mut().conversations.error.clear();
        self.update_conversations(&mut |store| {
            if okay.is_none() {
                store.put_draft(&conversation, "");
            }
            let (id, said_at_ms) = (browser::new_message_id(), browser::now_ms());
            let (conversation, words) = (conversation.clone(), words.clone());
            store.pending.push(PendingMessage { conversation, id, said_at_ms, words, okay });
        });
        self.deliver();
    }

    /// Sends pending messages one after another, until all are stored or an attempt is unclear.
    pub(crate) async fn deliver_messages(&'static self) {
        let mut has_sent = false;
        while let Some(next) = self.conversations().pending.first() {
            let secret: JsValue = self.conversations().secret(&next.conversation).unwrap_or_default().into();
            let (action, name, content) = match next.okay {
                Some(okay) => ("verdict", "okay", JsValue::from(okay)),
                None => ("messages", "words", next.words.as_str().into()),
            };
            let (shop, message) = (self.setup.shop.as_str().into(), next.id.as_str().into());
            let body =
                stringify(&[("shop", &shop), ("secret", &secret), ("message", &message), (name, &content)]);
            let outcome = send("POST", path(&next.conversation, action), body).await.outcome(&next.id);
            has_sent = true;
            let is_stuck = matches!(outcome, SendOutcome::Unclear { .. });
            self.state.borrow_mut().conversations.is_stuck = is_stuck;
            match outcome {
                SendOutcome::Unclear { wait_ms } => {
                    self.retry_later(wait_ms);
                    if self.current_screen() == Screen::Conversation {
                        conversation_dom::redraw(false);
                    }
                    return;
                }
                SendOutcome::Refused { code, .. } => self.take_back(next, code),
                SendOutcome::Stored(_) => {
                    self.update_conversations(&mut |store| store.remove_pending(&next.id));
                }
            }
        }
        if has_sent {
            self.refresh_conversations();
        }
    }

    /// Removes a message that was refused, says why, and puts its words back into the field.
    fn take_back(&'static self, message: &PendingMessage, code: Option<Code>) {
        let (word, n) = refusal_reason(code);
        let sentence = match code {
            Some(Code::ConversationOver) => self.text(Word::TalkOver).to_owned(),
            // The shop has taken back what the verdict was about; the conversation shows that.
            _ if message.okay.is_some() => String::new(),
            _ => fill(self.text(word), "n", &n),
        };
        self.state.borrow_mut().conversations.error = sentence;
        if message.okay.is_none() {
            self.update_conversations(&mut |store| store.put_draft(&message.conversation, &message.words));
        }
        self.update_conversations(&mut |store| store.remove_pending(&message.id));
        if self.current_screen() == Screen::Conversation {
            self.redraw();
        }
    }
}
