//! State and decisions of the widget. Imports `shared` only.

pub(crate) mod action;
pub(crate) mod conversation_store;
pub(crate) mod delivery;
pub(crate) mod draft_response;
pub(crate) mod outbox;
pub(crate) mod screen;
mod tsv;
