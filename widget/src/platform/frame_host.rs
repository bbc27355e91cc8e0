//! The page around the widget and, through it, the loader in the shop's page: the one file that speaks with either.

use super::json::{get, get_text};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What `frame.js` lends the widget.
    pub type Host;

    /// Tells the loader what became of the question: `answered`, `not_now`, `never`, `ask_again`, `forget`.
    #[wasm_bindgen(method)]
    pub(crate) fn became(this: &Host, outcome: &str);
    /// Whether a phone dims the shop's page behind the panel.
    #[wasm_bindgen(method)]
    pub(crate) fn dim(this: &Host, is_dimmed: bool);
    /// Hides the panel.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Host);
    /// Puts a text on the clipboard.
    #[wasm_bindgen(method)]
    pub(crate) fn copy(this: &Host, text: &str);
    /// Tells the loader how many messages are unread (an empty text for none), and what the launcher says meanwhile;
    /// without a label there is no conversation.
    #[wasm_bindgen(method)]
    pub(crate) fn talk(this: &Host, unread: &str, label: Option<&str>);
    /// Sends a JSON body; a promise of `status`, `text`, and `wait`, the value of `Retry-After`.
    #[wasm_bindgen(method)]
    pub(crate) fn send(this: &Host, method: &str, url: &str, body: &str) -> Promise;
    /// Listens for news with this request body; with an empty one it stops.
    #[wasm_bindgen(method)]
    pub(crate) fn news(this: &Host, body: &str);
    /// An instant (Unix milliseconds, UTC) in the visitor's language and time zone.
    #[wasm_bindgen(method)]
    pub(crate) fn time(this: &Host, at_ms: f64) -> String;
    /// The URL of a private link with this secret.
    #[wasm_bindgen(method)]
    pub(crate) fn link(this: &Host, secret: &str) -> String;
    /// Whether the visitor points at the card, or has the focus in it.
    #[wasm_bindgen(method)]
    pub(crate) fn busy(this: &Host) -> bool;
    /// A promise that is fulfilled when no other tab of this shop delivers.
    #[wasm_bindgen(method)]
    pub(crate) fn lock(this: &Host) -> Promise;
    /// Gives the lock back.
    #[wasm_bindgen(method)]
    pub(crate) fn unlock(this: &Host);
    #[wasm_bindgen(method, setter)]
    fn set_heard(this: &Host, listener: &Function);
}

/// A message of the loader: its first one, or one about the panel.
#[derive(Debug, Default)]
pub(crate) struct HostMessage {
    /// `open`, `shown` or `hidden`; `online` and `news` come from the frame itself.
    pub(crate) kind: String,
    /// Path of the shop's page.
    pub(crate) url: String,
    pub(crate) title: String,
    /// The order number.
    pub(crate) order: String,
    pub(crate) product: String,
    /// [`shared::moment::Moment`].
    pub(crate) moment: String,
    /// Whether the visitor opened the panel, and not a trigger.
    pub(crate) by_visitor: bool,
}

impl HostMessage {
    /// Reads the properties of a message; what is missing is empty.
    pub(crate) fn from_js(message: &JsValue) -> Self {
        Self {
            kind: get_text(message, "t"),
            url: get_text(message, "url"),
            title: get_text(message, "title"),
            order: get_text(message, "order"),
            product: get_text(message, "product"),
            moment: get_text(message, "moment"),
            by_visitor: get(message, "focus").is_truthy(),
        }
    }
}

impl Host {
    /// Calls `f` with every further message of the loader.
    pub(crate) fn listen(&self, f: impl Fn(HostMessage) + 'static) {
        let f = Closure::<dyn Fn(JsValue)>::new(move |message| f(HostMessage::from_js(&message)));
        self.set_heard(f.as_ref().unchecked_ref());
        f.forget();
    }
}
