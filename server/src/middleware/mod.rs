//! What every request goes through.

pub mod csrf;
pub mod error_pages;
