//! Changes, told to pages that are open.

pub mod broadcast;
pub mod visitor_streams;
