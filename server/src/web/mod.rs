//! What handlers share about HTTP.

pub mod body_timeout;
pub mod compression;
pub mod form_errors;
pub mod html_response;
pub mod json_body;
pub mod redirect;
pub mod urls;
