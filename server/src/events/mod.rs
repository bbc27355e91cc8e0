//! Change events for open pages.

pub mod broadcast;
pub mod visitor_streams;
