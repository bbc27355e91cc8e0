//! What every request goes through.

pub mod compression;
pub mod csrf;
pub mod error_pages;
pub mod keep_alive;
pub mod request_metrics;
pub mod security_headers;
