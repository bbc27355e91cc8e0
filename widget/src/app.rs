//! Starts the widget over the plain form, moves between its screens, and hears the loader.

use crate::actions::response::{load_draft, new_response, set_page};
use crate::conversation_state::ConversationState;
use crate::model::screen::Screen;
use crate::platform::browser;
use crate::platform::event_stream::EventStream;
use crate::platform::frame_host::{Host, HostMessage};
use crate::platform::json::{frame_setup, get_text};
use crate::state::{State, Widget, set_widget, storage_key, widget};
use crate::{conversation_dom, dom, events, view};
use leptos::mount::mount_to;
use leptos::prelude::{ArcRwSignal, Get, Set, document, window};
use shared::words::Word;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// How long the chosen face is seen before the next screen.
pub(crate) const CHOSEN_MS: u64 = 200;
/// How long a thank-you stays if the visitor does nothing.
const THANKS_MS: u64 = 10_000;

/// Starts the widget over the plain form. Gives `false`, and changes nothing, if the settings in the page cannot be read.
#[wasm_bindgen]
pub fn start(setup: &str, open: JsValue, host: Host) -> bool {
    let Some(setup) = frame_setup(setup) else { return false };
    let Some(root) = dom::by_id("widget") else { return false };
    let form = dom::by_id("plain");
    let mut response = new_response(&setup, (setup.id.clone(), setup.secret.clone()));
    set_page(&mut response, &HostMessage::from_js(&open));
    let rating = form.as_ref().map_or(0, |form| dom::read_form(form, &mut response));
    let mut screen = if form.is_some() { Screen::Question } else { Screen::LoadingConversation };
    if rating == 0
        && form.is_some()
        && let Some(draft) = load_draft(&setup)
    {
        screen = if draft.rating < 4 { Screen::Form } else { Screen::SayMore };
        response = draft;
    }
    let focused_name = document().active_element().and_then(|e| e.get_attribute("name"));
    let conversations = ConversationState {
        link_secret: get_text(&open, "secret"),
        proposed: match get_text(&open, "okay").as_str() {
            "1" => Some(true),
            "0" => Some(false),
            _ => None,
        },
        ..ConversationState::default()
    };
    let Some(w) = set_widget(Widget {
        setup,
        host,
        stream: EventStream::new(|| widget().refresh_conversations()),
        started_at_ms: browser::now_ms(),
        screen: ArcRwSignal::new(screen),
        state: RefCell::new(State::new(response, conversations)),
    }) else {
        return false;
    };
    if rating > 0 {
        // The visitor tapped a face in the plain form.
        w.record_rating(rating);
        w.screen.set(Screen::after_rating(rating));
    }
    w.expire_outbox();
    if let Some(form) = form {
        form.remove();
    }
    mount(root.unchecked_into());
    w.host.dim(w.current_screen().dims_shop());
    w.stream.follow_page();
    dom::on_event(&window(), "online", Box::new(|_| widget().deliver()));
    w.host.listen(|message| widget().handle_message(&message));
    if let Some(field) = focused_name.and_then(|name| dom::query(&["[name=", &name, "]"].concat())) {
        let _ = field.focus();
    }
    w.start_conversations();
    w.deliver();
    true
}

/// Draws the current screen into this element from now on.
fn mount(root: HtmlElement) {
    events::listen(&root);
    mount_to(root, || || view::screen(widget().screen.get())).forget();
}

impl Widget {
    /// Calls `f` after this time, unless the visitor has left the screen by then.
    pub(crate) fn run_later(&'static self, ms: u64, f: fn(&'static Self)) {
        let screen_number = self.state.borrow().screen_number;
        browser::run_after(
            ms,
            Box::new(move || {
                if self.state.borrow().screen_number == screen_number {
                    f(self);
                }
            }),
        );
    }

    /// Shows a screen. If the focus is in the frame, it moves to what `focus` selects: the heading, or the field at fault.
    pub(crate) fn show(&'static self, screen: Screen, focus: &'static str) {
        {
            let mut state = self.state.borrow_mut();
            state.screen_number += 1;
            state.is_copied = false;
            state.is_touched = false;
        }
        self.screen.set(screen);
        self.host.dim(screen.dims_shop());
        if !self.setup.preview && !screen.keeps_draft() {
            browser::save(&storage_key(&self.setup, ".draft"), None);
        }
        if screen.closes_by_itself() && self.setup.framed {
            self.run_later(THANKS_MS, Self::close_unless_touched);
        }
        browser::run_after(
            0,
            Box::new(move || {
                let target = if document().has_focus().unwrap_or(false) && !focus.is_empty() {
                    dom::query(focus)
                } else {
                    None
                };
                if screen == Screen::Conversation {
                    conversation_dom::scroll();
                }
                match target {
                    Some(target) => {
                        let _ = target.focus();
                        // An earlier announcement is about another screen.
                        dom::set_live_text(None);
                    }
                    None => self.announce(),
                }
            }),
        );
    }

    /// Draws the current screen again.
    pub(crate) fn redraw(&self) {
        self.screen.set(self.current_screen());
    }

    /// Announces the heading to screen readers, without moving the focus.
    fn announce(&'static self) {
        let heading = dom::by_id("ask").and_then(|h| h.text_content());
        let text = if self.current_screen() == Screen::Sending {
            self.text(Word::Sending)
        } else {
            heading.as_deref().unwrap_or("")
        };
        dom::set_live_text(Some(text));
    }

    fn close_unless_touched(&'static self) {
        if self.state.borrow().is_touched || dom::is_busy() {
            self.run_later(THANKS_MS, Self::close_unless_touched);
        } else {
            self.host.close();
        }
    }

    /// Records that the visitor does something, so that the panel does not close by itself.
    pub(crate) fn mark_touched(&self) {
        self.state.borrow_mut().is_touched = true;
    }

    fn handle_message(&'static self, message: &HostMessage) {
        if message.kind == "hidden" {
            self.state.borrow_mut().conversations.is_in_sight = false;
        }
        if message.kind != "shown" {
            return;
        }
        self.state.borrow_mut().conversations.is_in_sight = true;
        let conversation = self.default_conversation().filter(|_| message.by_visitor);
        let screen = self.current_screen();
        match conversation {
            Some(id) if screen.is_finished() || screen == Screen::Question => self.open_conversation(&id),
            _ if screen.is_finished() => self.start_new_response(),
            _ => {}
        }
        if self.current_screen() == Screen::Question {
            set_page(&mut self.state.borrow_mut().response, message);
            self.redraw();
        }
        self.run_later(CHOSEN_MS, Self::announce);
        self.deliver();
    }
}
