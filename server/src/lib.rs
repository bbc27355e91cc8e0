//! The collector: stores the responses of visitors and shows them to the shop.
//!
//! `router.rs` lists every route, `public/` is what the widget may call, `owner/` what the owner sees, and `db/` the only
//! folder that names sqlx. Deliberately absent: a client-side application for the owner, an ORM, a broker, any
//! public view of a response, any request to a third party.

pub mod analytics;
pub mod assets;
pub mod caches;
pub mod cli;
pub mod config;
pub mod conversations;
pub mod db;
pub mod demo_data;
pub mod domain;
pub mod error;
pub mod events;
pub mod files;
pub mod health;
pub mod images;
pub mod limits;
pub mod maintenance;
pub mod metrics;
pub mod middleware;
pub(crate) mod notifications;
pub mod owner;
pub mod public;
pub mod router;
pub mod security;
pub mod server;
pub mod smtp;
pub mod state;
pub mod state_builder;
pub mod tasks;
pub mod telemetry;
pub mod text;
pub mod time;
pub mod web;
pub mod writer;

/// Belongs to the build; tested here because a build script has no tests.
#[cfg(test)]
#[path = "../build/whitespace.rs"]
mod template_whitespace;
