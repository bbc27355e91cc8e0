//! The collector: takes what visitors say, keeps it, and shows it to the shop.
//!
//! `collect/` is what the widget may call, `owner/` what the owner sees, `db/` the only room that names sqlx.
//! `app.rs` lists every way in. Deliberately absent: a client-side application for the owner, an ORM, a broker, any
//! public view of a response, any request to a third party.

pub mod app;
pub mod assets;
pub mod chance;
pub mod chart;
pub mod cli;
pub mod clock;

pub mod collect;
pub mod compress;
pub mod count;
pub mod crowd;
pub mod db;
pub mod deadline;
pub mod demo;
pub mod error_page;
pub mod failure;
pub mod guard;
pub mod happiness;
pub mod headers;
pub mod house;
pub mod keep;
pub mod limit;
pub mod mail;
pub mod metrics;
pub mod news;
pub mod owner;
pub mod password;
pub mod public_address;
pub mod seal;
pub mod seed;
pub mod serve;
pub mod talk;
pub mod token;
pub mod writer;
