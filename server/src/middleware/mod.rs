//! Middleware around every route, in the order of `router.rs`.

pub mod compression;
pub mod csrf;
pub mod error_pages;
pub mod keep_alive;
pub mod request_metrics;
pub mod security_headers;
