//! The list of responses, a single response, and exports.

pub mod export;
pub mod page;
pub mod response_view;
pub mod table_writer;
