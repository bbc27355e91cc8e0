//! What the visitor sees, in a frame of the collector's own on the shop's page.
//!
//! The frame's page arrives as a plain form; `frame.js` shakes hands with the loader and then calls `start`, which takes
//! over what was tapped or typed and is the page from then on. What to do is decided in plain structs (`answer`,
//! `delivery`, `queue`, `step`, `talks`), tested without a browser; `view` and `talk_view` only show it, `post` sends, `device` knows clock,
//! chance and storage, and `host` alone speaks with the loader.
//!
//! Deliberately absent: texts (they come with the page), dates, a router, anything of the shop's page.

pub mod answer;
pub mod delivery;
mod lines;
pub mod queue;
pub mod step;
pub mod talks;

#[cfg(target_arch = "wasm32")]
mod device;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod node;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod post;
#[cfg(target_arch = "wasm32")]
mod talk_view;
#[cfg(target_arch = "wasm32")]
mod talking;
#[cfg(target_arch = "wasm32")]
mod view;
#[cfg(target_arch = "wasm32")]
mod wire;

#[cfg(target_arch = "wasm32")]
pub use page::start;
