//! The state of the widget, and the one place where it is found.

use crate::conversation_state::ConversationState;
use crate::model::draft_response::DraftResponse;
use crate::model::screen::Screen;
use crate::platform::browser;
use crate::platform::event_stream::EventStream;
use crate::platform::frame_host::Host;
use leptos::prelude::{ArcRwSignal, GetUntracked};
use shared::ids::ResponseId;
use shared::receipt;
use shared::wire::{FrameSetup, WirePromise};
use shared::words::Word;
use std::cell::{OnceCell, RefCell};

/// The receipt in an owner's preview.
const PREVIEW_RECEIPT: &str = "K7Q-4MD";

/// Everything that the widget knows.
pub(crate) struct Widget {
    /// The settings that came with the page.
    pub(crate) setup: FrameSetup,
    pub(crate) host: Host,
    /// Brings news of the visitor's conversations.
    pub(crate) stream: EventStream,
    /// When the widget started: Unix milliseconds, UTC.
    pub(crate) started_at_ms: u64,
    /// The current screen. Setting it draws the screen again, even if it is the same.
    pub(crate) screen: ArcRwSignal<Screen>,
    pub(crate) state: RefCell<State>,
}

/// What changes. It is no signal: a screen is drawn as a whole, whenever [`Widget::screen`] is set.
pub(crate) struct State {
    /// The response that the visitor is giving.
    pub(crate) response: DraftResponse,
    /// The sentence beside the e-mail field.
    pub(crate) email_error: String,
    /// The sentence under "I couldn't take that".
    pub(crate) refusal: String,
    /// The address that was complained about; if the visitor sends it again, it is left out.
    pub(crate) rejected_email: String,
    /// Whether what is saved outlives the page.
    pub(crate) is_durable: bool,
    /// Whether the words or the receipt were just copied.
    pub(crate) is_copied: bool,
    /// Whether something was removed after it had waited for a week.
    pub(crate) has_expired: bool,
    /// The screen to which "Back" leads.
    pub(crate) previous_screen: Screen,
    pub(crate) attempts: u32,
    pub(crate) is_delivering: bool,
    /// Counts screens, so that a timer knows whether the visitor is still on the screen for which it was set.
    pub(crate) screen_number: u32,
    /// Whether the visitor has done anything on this screen.
    pub(crate) is_touched: bool,
    pub(crate) conversations: ConversationState,
}

impl State {
    pub(crate) fn new(response: DraftResponse, conversations: ConversationState) -> Self {
        Self {
            response,
            email_error: String::new(),
            refusal: String::new(),
            rejected_email: String::new(),
            is_durable: true,
            is_copied: false,
            has_expired: false,
            previous_screen: Screen::Question,
            attempts: 0,
            is_delivering: false,
            screen_number: 0,
            is_touched: false,
            conversations,
        }
    }
}

thread_local! {
    static WIDGET: OnceCell<&'static Widget> = const { OnceCell::new() };
}

/// The widget. Views find it here and not in a Leptos context, because what Leptos calls must be `Send`.
pub(crate) fn widget() -> &'static Widget {
    WIDGET.with(|w| *w.get().expect("start() sets it before anything is drawn"))
}

/// Makes this the widget of the page; `None` if there is one already.
pub(crate) fn set_widget(widget: Widget) -> Option<&'static Widget> {
    let widget: &'static Widget = Box::leak(Box::new(widget));
    WIDGET.with(|cell| cell.set(widget)).ok().map(|()| widget)
}

/// The key of the browser's storage under which this part of a shop's state lies: `.draft`, `.queue` or `.talks`.
pub(crate) fn storage_key(setup: &FrameSetup, suffix: &str) -> String {
    ["tableside.", &setup.shop, suffix].concat()
}

impl Widget {
    /// A text in the visitor's language.
    pub(crate) fn text(&'static self, word: Word) -> &'static str {
        self.setup.words.get(word as usize).map_or("", String::as_str)
    }

    /// The reply promise that came with the page, as long as it holds.
    pub(crate) fn promise(&self) -> Option<&WirePromise> {
        let age_ms = browser::now_ms().saturating_sub(self.started_at_ms);
        self.setup.promise.as_ref().filter(|promise| age_ms < u64::from(promise.for_ms))
    }

    pub(crate) fn current_screen(&self) -> Screen {
        self.screen.get_untracked()
    }

    /// The number of the current response, to quote.
    pub(crate) fn receipt(&self) -> String {
        if self.setup.preview {
            return PREVIEW_RECEIPT.to_owned();
        }
        receipt_for(&self.state.borrow().response.id)
    }
}

/// The number of the response with this id; made from the id, so that it is the same in every tab.
pub(crate) fn receipt_for(id: &str) -> String {
    ResponseId::parse("id", id).map(|id| receipt::of(&id)).unwrap_or_default()
}
