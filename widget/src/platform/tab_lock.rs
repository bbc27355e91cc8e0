//! A lock that one tab at a time holds (Web Locks API).

use super::json::get;
use js_sys::{Function, Promise};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`. web-sys has it only behind a compiler flag for unstable APIs.
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, callback: &Function) -> Promise;
}

/// Does some work while no other tab of this origin holds the lock of this name; gives `false`, and does nothing, where the
/// browser has no locks or denies them.
pub(crate) async fn run_exclusively(name: &str, work: Box<dyn FnOnce() -> Promise>) -> bool {
    let locks = get(&window().navigator(), "locks");
    if locks.is_undefined() {
        return false;
    }
    let locks: LockManager = locks.unchecked_into();
    let callback = Closure::once_into_js(work);
    JsFuture::from(locks.request(name, callback.unchecked_ref())).await.is_ok()
}
