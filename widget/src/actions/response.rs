//! Giving a response: the rating first, then the form.

use crate::app::CHOSEN_MS;
use crate::dom::read_form;
use crate::model::draft_response::{DraftResponse, email_error};
use crate::model::outbox::MAX_AGE_MS;
use crate::model::screen::Screen;
use crate::platform::browser;
use crate::platform::frame_host::HostMessage;
use crate::state::{Widget, storage_key};
use shared::moment::Moment;
use shared::wire::FrameSetup;
use shared::words::fill;
use web_sys::Element;

/// How long an owner's preview pretends to send.
const PREVIEW_SENDING_MS: u64 = 700;

/// A response in which nothing is said yet.
pub(crate) fn new_response(setup: &FrameSetup, (id, secret): (String, String)) -> DraftResponse {
    DraftResponse {
        id,
        secret,
        moment: setup.moment,
        scale: setup.scale,
        rating: 0,
        reasons: Vec::new(),
        comment: String::new(),
        email: String::new(),
        wants_reply: false,
        order: String::new(),
        product: String::new(),
        page_url: String::new(),
        page_title: String::new(),
        language: setup.language.clone(),
        known: false,
        refused: false,
        tapped_at_ms: 0,
    }
}

/// Takes over what the loader says about the shop's page.
pub(crate) fn set_page(response: &mut DraftResponse, message: &HostMessage) {
    response.page_url.clone_from(&message.url);
    response.page_title.clone_from(&message.title);
    response.order.clone_from(&message.order);
    response.product.clone_from(&message.product);
    if let Some(moment) = Moment::named(&message.moment) {
        response.moment = moment;
    }
}

/// What the visitor was writing when the page went away.
pub(crate) fn load_draft(setup: &FrameSetup) -> Option<DraftResponse> {
    let draft = DraftResponse::decode(&browser::load(&storage_key(setup, ".draft"))?)?;
    let is_fresh = browser::now_ms().saturating_sub(draft.tapped_at_ms) < MAX_AGE_MS;
    (is_fresh && draft.rating > 0).then_some(draft)
}

impl Widget {
    /// Starts another response about the same page.
    pub(crate) fn start_new_response(&'static self) {
        let mut response = new_response(&self.setup, browser::new_response_key());
        {
            let mut state = self.state.borrow_mut();
            response.page_url.clone_from(&state.response.page_url);
            response.page_title.clone_from(&state.response.page_title);
            response.order.clone_from(&state.response.order);
            response.product.clone_from(&state.response.product);
            response.moment = state.response.moment;
            state.response = response;
            state.email_error.clear();
            state.rejected_email.clear();
        }
        self.show(Screen::Question, "");
    }

    /// The visitor has chosen a face. The rating is on its way before the next screen is shown.
    pub(crate) fn choose_rating(&'static self, rating: u8) {
        if self.current_screen() != Screen::Question {
            return;
        }
        self.record_rating(rating);
        self.run_later(CHOSEN_MS, |w| {
            let rating = w.state.borrow().response.rating;
            w.show(Screen::after_rating(rating), "#ask");
        });
    }

    /// Records a rating and sends it at once; words are sent when the visitor says so.
    pub(crate) fn record_rating(&'static self, rating: u8) {
        self.state.borrow_mut().response.rate(rating, browser::now_ms());
        self.host.settle("answered");
        let bare = self.state.borrow().response.rating_only();
        self.enqueue(&bare);
        self.deliver();
    }

    /// The visitor has typed or ticked something: saves it, so that leaving the page loses nothing.
    pub(crate) fn save_draft(&'static self, form: &Element) {
        let mut state = self.state.borrow_mut();
        read_form(form, &mut state.response);
        if !self.setup.preview {
            browser::save(&storage_key(&self.setup, ".draft"), Some(&state.response.encode()));
        }
    }

    /// The visitor sends the form.
    pub(crate) fn submit(&'static self, form: &Element) {
        if self.current_screen() == Screen::Sending {
            return;
        }
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            read_form(form, &mut state.response);
            state.response.tidy();
            state.email_error.clear();
            if let Some((word, end)) = email_error(&state.response.email) {
                if state.rejected_email == state.response.email {
                    state.response.email.clear();
                } else {
                    state.email_error = fill(self.text(word), "end", end);
                    state.rejected_email.clone_from(&state.response.email);
                }
            }
            state.response.refused = false;
            state.attempts = 0;
        }
        if !self.state.borrow().email_error.is_empty() {
            return self.show(Screen::Form, "[name=email]");
        }
        let response = self.state.borrow().response.clone();
        self.enqueue(&response);
        self.show(Screen::Sending, "");
        if self.setup.preview {
            return self.run_later(PREVIEW_SENDING_MS, |w| w.show(Screen::Sent, "#ask"));
        }
        self.deliver();
    }
}
