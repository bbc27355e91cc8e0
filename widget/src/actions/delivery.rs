//! Delivers responses and messages, and removes them from the device only after the collector has stored them.

use crate::model::delivery::{SendOutcome, backoff_ms};
use crate::model::draft_response::{DraftResponse, refusal_reason};
use crate::model::outbox::Outbox;
use crate::model::screen::Screen;
use crate::platform::{api_client, browser, tab_lock};
use crate::state::{Widget, storage_key};
use shared::words::fill;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

impl Widget {
    fn outbox(&self) -> Outbox {
        Outbox::decode(&browser::load(&storage_key(&self.setup, ".queue")).unwrap_or_default())
    }

    /// Changes the outbox and saves it, if there is anything to save.
    pub(crate) fn update_outbox<T>(&self, change: impl FnOnce(&mut Outbox) -> T) -> T {
        let mut outbox = self.outbox();
        let before = outbox.clone();
        let result = change(&mut outbox);
        if outbox != before {
            let is_durable = browser::save(&storage_key(&self.setup, ".queue"), outbox.encode().as_deref());
            self.state.borrow_mut().is_durable = is_durable;
        }
        result
    }

    /// Adds a response to the outbox. A preview sends nothing.
    pub(crate) fn enqueue(&self, response: &DraftResponse) {
        if !self.setup.preview {
            self.update_outbox(|outbox| outbox.put(response));
        }
    }

    /// Removes responses that waited for too long.
    pub(crate) fn expire_outbox(&self) {
        let lost_words = self.update_outbox(|outbox| outbox.expire(browser::now_ms()));
        self.state.borrow_mut().has_expired = lost_words;
    }

    /// Delivers what waits, one after another.
    pub(crate) fn deliver(&'static self) {
        let is_idle = self.outbox().next().is_none() && self.conversations().pending.is_empty();
        if self.state.borrow().is_delivering || is_idle {
            return;
        }
        self.state.borrow_mut().is_delivering = true;
        let work = move || {
            future_to_promise(async move {
                self.deliver_all().await;
                Ok(JsValue::UNDEFINED)
            })
        };
        spawn_local(async move {
            // Only one of several tabs delivers at a time. Where the browser has no locks, the ids prevent duplicates.
            if !tab_lock::run_exclusively(&storage_key(&self.setup, ""), Box::new(work)).await {
                self.deliver_all().await;
            }
        });
    }

    async fn deliver_all(&'static self) {
        while let Some(next) = self.outbox().next().cloned() {
            let outcome = api_client::send_response(&self.setup.shop, &next).await;
            let is_current = next.id == self.state.borrow().response.id;
            match &outcome {
                SendOutcome::Stored(_) => {
                    self.update_outbox(|outbox| outbox.mark_stored(&next));
                    if next.is_complaint() {
                        self.add_conversation(&next.id, &next.secret);
                    }
                    let mut state = self.state.borrow_mut();
                    state.attempts = 0;
                    if is_current {
                        state.response.known = true;
                    }
                }
                SendOutcome::Refused { code, field } => {
                    self.update_outbox(|outbox| outbox.mark_refused(&next.id));
                    if is_current {
                        let (word, n) = refusal_reason(*code);
                        let sentence = fill(self.text(word), "n", &n);
                        let is_about_email = field.as_deref() == Some("email");
                        let mut state = self.state.borrow_mut();
                        let state = &mut *state;
                        if is_about_email {
                            state.rejected_email.clone_from(&state.response.email);
                        }
                        *(if is_about_email { &mut state.email_error } else { &mut state.refusal }) =
                            sentence;
                    }
                }
                SendOutcome::Unclear { wait_ms } => {
                    self.retry_later(*wait_ms);
                    self.show_attempt(&outcome);
                    self.state.borrow_mut().is_delivering = false;
                    return;
                }
            }
            if is_current && matches!(outcome, SendOutcome::Refused { .. }) {
                self.show_refusal();
            }
        }
        self.deliver_messages().await;
        self.state.borrow_mut().is_delivering = false;
        let id = self.state.borrow().response.id.clone();
        // This tab or another one has removed it from the outbox, so it is stored.
        if self.current_screen().awaits_delivery() && !self.outbox().responses.iter().any(|r| r.id == id) {
            self.show(Screen::Sent, "#ask");
        }
    }

    /// Counts an attempt, and delivers again after a wait.
    pub(crate) fn retry_later(&'static self, asked_ms: Option<u64>) {
        let attempts = self.state.borrow().attempts;
        self.state.borrow_mut().attempts = attempts + 1;
        let wait_ms = backoff_ms(attempts, browser::random_byte(), asked_ms);
        browser::run_after(wait_ms, Box::new(|| self.deliver()));
    }

    /// Shows how an attempt ended, if the visitor waits for it and does not see it already.
    fn show_attempt(&'static self, outcome: &SendOutcome) {
        let attempts = self.state.borrow().attempts;
        let screen = Screen::after_attempt(outcome, attempts, browser::is_online());
        let current = self.current_screen();
        // A visitor who was told of a failure is not told again that it is being sent.
        if current.awaits_delivery() && current != screen && screen != Screen::Sending {
            self.show(screen, "#ask");
        }
    }

    fn show_refusal(&'static self) {
        if !self.current_screen().awaits_delivery() {
            return;
        }
        if self.state.borrow().email_error.is_empty() {
            self.show(Screen::Refused, "#ask");
        } else {
            self.show(Screen::Form, "[name=email]");
        }
    }
}
