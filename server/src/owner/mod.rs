//! What the owner sees: one file per page, each reads, decides and answers.
//!
//! Pages are HTML from the templates in `templates/owner`; every form works without script and ends in a redirect.
//! Deliberately absent: anything a visitor may call, and any page without somebody signed in, but for the doors.

pub mod auth;
pub mod events;
pub mod inbox;
pub mod layout;
pub mod mail_status;
pub mod people;
pub mod rating_label;
pub mod responses;
pub mod settings;
pub mod summary;
