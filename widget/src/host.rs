//! The page around the widget and, through it, the loader: the one file that speaks with either.

use js_sys::{Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// What `frame.js` lends the widget.
    pub type Host;

    /// Tells the loader what became of the question: `answered`, `not_now`, `never`, `ask_again`, `forget`.
    #[wasm_bindgen(method)]
    pub fn became(this: &Host, what: &str);
    /// Whether a phone dims the shop behind.
    #[wasm_bindgen(method)]
    pub fn dim(this: &Host, on: bool);
    /// Hides the panel.
    #[wasm_bindgen(method)]
    pub fn close(this: &Host);
    /// Puts a text on the clipboard.
    #[wasm_bindgen(method)]
    pub fn copy(this: &Host, text: &str);
    /// Tells the loader how many messages are unread (an empty text for none), and what the launcher says meanwhile;
    /// without a text there is no conversation.
    #[wasm_bindgen(method)]
    pub fn talk(this: &Host, unread: &str, label: Option<&str>);
    /// Sends a JSON body; a promise of what was answered: `status`, `text`, and `wait` as `Retry-After` said it.
    #[wasm_bindgen(method)]
    pub fn send(this: &Host, method: &str, url: &str, body: &str) -> Promise;
    /// Listens for news with this body of a request; with an empty one no more.
    #[wasm_bindgen(method)]
    pub fn news(this: &Host, body: &str);
    /// An instant (Unix milliseconds, UTC) as people say it.
    #[wasm_bindgen(method)]
    pub fn time(this: &Host, at_ms: f64) -> String;
    /// The address of a private link with this secret.
    #[wasm_bindgen(method)]
    pub fn link(this: &Host, secret: &str) -> String;
    /// Whether somebody points at the card, or stands on something in it.
    #[wasm_bindgen(method)]
    pub fn busy(this: &Host) -> bool;
    /// A promise that is kept when no other tab of this shop delivers.
    #[wasm_bindgen(method)]
    pub fn lock(this: &Host) -> Promise;
    /// The end of it.
    #[wasm_bindgen(method)]
    pub fn unlock(this: &Host);
    #[wasm_bindgen(method, setter)]
    fn set_heard(this: &Host, heard: &Function);
}

/// What the loader says about the page, the order and the moment, in its first message and whenever the panel opens.
#[derive(Debug, Default)]
pub struct Said {
    /// `open`, `shown` or `hidden`; `online` and `news` come from the frame itself.
    pub what: String,
    /// Path of the shop's page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Order number.
    pub order: String,
    /// What is looked at.
    pub product: String,
    /// [`shared::moment::Moment`].
    pub moment: String,
    /// Whether the visitor opened the panel, and not the moment.
    pub by_visitor: bool,
}

impl Said {
    /// What stands in a message; what is missing is empty.
    pub fn of(message: &JsValue) -> Self {
        Self {
            what: text(message, "t"),
            url: text(message, "url"),
            title: text(message, "title"),
            order: text(message, "order"),
            product: text(message, "product"),
            moment: text(message, "moment"),
            by_visitor: get(message, "focus").is_truthy(),
        }
    }
}

impl Host {
    /// Calls `f` with whatever the loader says from now on.
    pub fn listen(&self, f: impl Fn(Said) + 'static) {
        let f = Closure::<dyn Fn(JsValue)>::new(move |message| f(Said::of(&message)));
        self.set_heard(f.as_ref().unchecked_ref());
        f.forget();
    }
}

/// What is there under a name.
pub fn get(from: &JsValue, name: &str) -> JsValue {
    Reflect::get(from, &name.into()).unwrap_or_default()
}

/// A text or a number in what JavaScript handed over; empty if there is none.
pub fn text(from: &JsValue, name: &str) -> String {
    let value = get(from, name);
    // Shops give order numbers as numbers too.
    value
        .as_string()
        .or_else(|| value.as_f64().and_then(|_| JSON::stringify(&value).ok()?.as_string()))
        .unwrap_or_default()
}
