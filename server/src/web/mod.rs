//! Helpers about HTTP that several handlers share.

pub mod body_timeout;
pub mod compression;
pub mod form_errors;
pub mod html_response;
pub mod json_body;
pub mod redirect;
pub mod urls;
