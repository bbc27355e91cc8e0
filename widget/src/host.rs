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
    /// `open`, `shown` or `hidden`.
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

fn get(from: &JsValue, name: &str) -> JsValue {
    Reflect::get(from, &name.into()).unwrap_or_default()
}

fn text(from: &JsValue, name: &str) -> String {
    let value = get(from, name);
    // Shops give order numbers as numbers too.
    value
        .as_string()
        .or_else(|| value.as_f64().and_then(|_| JSON::stringify(&value).ok()?.as_string()))
        .unwrap_or_default()
}
