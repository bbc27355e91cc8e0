//! The shop's rules and types, without input or output.

pub mod contrast;
pub mod counters;
pub mod csat;
pub mod device;
pub mod follow_up_schedule;
pub mod inbox_filter;
pub mod reply_policy;
pub mod response;
pub mod response_filter;
