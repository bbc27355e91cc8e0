//! The list of responses, one response, and exports.

pub mod export;
pub mod page;
pub mod response_view;
pub mod table_writer;
