//! The owner's pages: HTML from `templates/owner`, with forms that work without script and end in a redirect.
//!
//! Only `auth/` and the shared report answer without a session. Nothing here is for visitors.

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
