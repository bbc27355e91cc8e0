//! The visitor's device: its clock, its chance, and what it keeps for us.

use js_sys::{Date, Uint8Array};
use leptos::prelude::set_timeout;
use shared::ids::{MessageId, ResponseId, Secret};
use std::cell::RefCell;
use std::time::Duration;
use web_sys::{Storage, window};

/// Unix milliseconds, UTC.
pub fn now_ms() -> u64 {
    Date::now() as u64
}

/// Unix milliseconds of an HTTP date.
pub fn date_ms(text: &str) -> Option<u64> {
    let ms = Date::parse(text);
    (ms > 0.0).then_some(ms as u64)
}

/// Whether there is a connection, as far as the browser knows.
pub fn is_online() -> bool {
    window().is_none_or(|w| w.navigator().on_line())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Some(crypto) = window().and_then(|w| w.crypto().ok()) {
        let array = Uint8Array::new_with_length(N as u32);
        let _ = crypto.get_random_values_with_array_buffer_view(&array);
        array.copy_to(&mut bytes);
    }
    bytes
}

/// Runs `f` when this long has passed.
pub fn after(ms: u64, f: Box<dyn FnOnce()>) {
    set_timeout(f, Duration::from_millis(ms));
}

/// 0 to 255.
pub fn chance() -> u8 {
    random::<1>()[0]
}

/// The id and the secret of a further response.
pub fn identity() -> (String, String) {
    let id = ResponseId::from_parts(now_ms(), u128::from_le_bytes(random()));
    (id.as_str().to_owned(), secret())
}

/// The id of something said in a conversation.
pub fn message_id() -> String {
    MessageId::from_parts(now_ms(), u128::from_le_bytes(random())).as_str().to_owned()
}

/// A secret of its own, for a link or for this device.
pub fn secret() -> String {
    Secret::from_bytes(&random()).reveal().to_owned()
}

thread_local! {
    /// What the browser would not keep, because it keeps nothing for a frame or its storage is full: it lives as long as
    /// the page.
    static MEMORY: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// What is kept under this name. What the storage did not take is younger than what lies in it.
pub fn kept(name: &str) -> Option<String> {
    let in_memory = MEMORY.with_borrow(|m| m.iter().find(|(n, _)| n == name).map(|(_, text)| text.clone()));
    in_memory.or_else(|| storage()?.get_item(name).ok()?)
}

/// Keeps a text under this name, or removes it; says whether it outlives the page.
pub fn keep(name: &str, text: Option<&str>) -> bool {
    let taken = storage().is_some_and(|storage| match text {
        Some(text) => storage.set_item(name, text).is_ok(),
        None => storage.remove_item(name).is_ok(),
    });
    MEMORY.with_borrow_mut(|m| {
        m.retain(|(n, _)| n != name);
        if !taken {
            m.extend(text.map(|t| (name.to_owned(), t.to_owned())));
        }
    });
    taken
}
