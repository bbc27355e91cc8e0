//! The visitor's side of the frame: question, delivery and conversation.
//!
//! The page arrives as a plain form. `frame.js` shakes hands with the loader and calls `start`, which takes over what
//! the visitor has already tapped or typed, and draws the page from then on.
//!
//! * `model`: state and decisions as plain structs, without the browser, so that their tests run natively.
//! * `actions`: carries out what the visitor does, and changes `state` and `conversation_state`.
//! * `view`: draws the current screen; decides nothing.
//! * `platform`: the browser (storage, clock, randomness, HTTP, JSON) and the loader behind the frame.
//!
//! Deliberately absent: texts (they come with the page), a router, server functions, anything of the shop's page.

#[cfg(any(target_arch = "wasm32", test))]
#[cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "tests call a part; the browser's build calls the rest")
)]
mod model;

#[cfg(target_arch = "wasm32")]
mod actions;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod conversation_dom;
#[cfg(target_arch = "wasm32")]
mod conversation_state;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
mod events;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use app::start;
