//! The page around the widget and, through it, the loader in the shop's page: the one file that speaks with either.

use super::json::{get, get_text};
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What `frame.js` lends the widget.
    pub type Host;

    /// Tells the loader until when to leave the visitor in peace, after `answered`, `not_now`, `never`, `ask_again` or
    /// `forget`.
    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Host, outcome: &str);
    #[wasm_bindgen(method)]
    fn tell(this: &Host, kind: &str, n: &JsValue, text: Option<&str>);
    #[wasm_bindgen(method, setter)]
    fn set_heard(this: &Host, listener: &Function);
}

/// A message of the loader: its first one, or one about the panel.
#[derive(Debug, Default)]
pub(crate) struct HostMessage {
    /// `open`, `shown`, `hidden` or `near`.
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
    /// Dims the shop's page behind the panel on a phone, or not any more.
    pub(crate) fn dim(&self, is_dimmed: bool) {
        self.tell("dim", &is_dimmed.into(), None);
    }

    /// Hides the panel.
    pub(crate) fn close(&self) {
        self.tell("close", &JsValue::UNDEFINED, None);
    }

    /// Shows on the launcher how many messages are unread (an empty text for none), and gives it a label meanwhile. Without
    /// a label there is no conversation.
    pub(crate) fn set_unread(&self, unread: &str, label: Option<&str>) {
        self.tell("talk", &unread.into(), label);
    }

    /// Calls `f` with every further message of the loader.
    pub(crate) fn listen(&self, f: impl Fn(HostMessage) + 'static) {
        let f = Closure::<dyn Fn(JsValue)>::new(move |message| f(HostMessage::from_js(&message)));
        self.set_heard(f.as_ref().unchecked_ref());
        f.forget();
    }
}
