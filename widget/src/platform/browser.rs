//! The browser: clock, timers, randomness, storage and address.

use super::json::object;
use js_sys::{Date, Uint8Array};
use leptos::prelude::set_timeout;
use shared::ids::{MessageId, ResponseId, Secret};
use std::cell::RefCell;
use std::time::Duration;
use wasm_bindgen::JsValue;
use web_sys::{Storage, window};

/// Unix milliseconds, UTC.
pub(crate) fn now_ms() -> u64 {
    Date::now() as u64
}

/// Unix milliseconds of an HTTP date.
pub(crate) fn parse_date_ms(text: &str) -> Option<u64> {
    let ms = Date::parse(text);
    (ms > 0.0).then_some(ms as u64)
}

/// An instant (Unix milliseconds, UTC) in the visitor's time zone; today's without the date.
pub(crate) fn format_instant(at_ms: u64, language: &str) -> String {
    let at = Date::new(&(at_ms as f64).into());
    let is_today = at.to_date_string() == Date::new_0().to_date_string();
    let date_style = if is_today { JsValue::UNDEFINED } else { "medium".into() };
    let options = object(&[("dateStyle", &date_style), ("timeStyle", &"short".into())]);
    at.to_locale_string(language, &options).into()
}

/// The origin of the collector, from which the frame came.
pub(crate) fn origin() -> String {
    window().and_then(|w| w.location().origin().ok()).unwrap_or_default()
}

/// Whether the browser believes that there is a network.
pub(crate) fn is_online() -> bool {
    window().is_none_or(|w| w.navigator().on_line())
}

/// Calls `f` after this time. Takes a box, so that every timer is the same type to the compiler.
pub(crate) fn run_after(ms: u64, f: Box<dyn FnOnce()>) {
    set_timeout(f, Duration::from_millis(ms));
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Some(crypto) = window().and_then(|w| w.crypto().ok()) {
        let array = Uint8Array::new_with_length(N as u32);
        let _ = crypto.get_random_values_with_array_buffer_view(&array);
        array.copy_to(&mut bytes);
    }
    bytes
}

/// 0 to 255.
pub(crate) fn random_byte() -> u8 {
    random_bytes::<1>()[0]
}

/// The id and the secret of another response.
pub(crate) fn new_response_key() -> (String, String) {
    let id = ResponseId::from_parts(now_ms(), u128::from_le_bytes(random_bytes()));
    (id.as_str().to_owned(), new_secret())
}

/// The id of a message in a conversation.
pub(crate) fn new_message_id() -> String {
    MessageId::from_parts(now_ms(), u128::from_le_bytes(random_bytes())).as_str().to_owned()
}

/// A secret for a private link, or for this device.
pub(crate) fn new_secret() -> String {
    Secret::from_bytes(&random_bytes()).reveal().to_owned()
}

thread_local! {
    /// What the browser did not store, because it denies storage to this frame or its storage is full. It lives as long as
    /// the page.
    static MEMORY: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// The text under this key. What is in memory is newer than what is in the storage.
pub(crate) fn load(key: &str) -> Option<String> {
    let in_memory = MEMORY.with_borrow(|m| m.iter().find(|(k, _)| k == key).map(|(_, text)| text.clone()));
    in_memory.or_else(|| storage()?.get_item(key).ok()?)
}

/// Stores a text under this key, or removes it; gives whether the change outlives the page.
pub(crate) fn save(key: &str, text: Option<&str>) -> bool {
    let is_stored = storage().is_some_and(|storage| match text {
        Some(text) => storage.set_item(key, text).is_ok(),
        None => storage.remove_item(key).is_ok(),
    });
    MEMORY.with_borrow_mut(|m| {
        m.retain(|(k, _)| k != key);
        if !is_stored {
            m.extend(text.map(|t| (key.to_owned(), t.to_owned())));
        }
    });
    is_stored
}
