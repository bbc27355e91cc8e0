//! The shop's rules and types, without input or output.

pub mod allowed_origin;
pub mod cause;
pub mod contrast;
pub mod counters;
pub mod csat;
pub mod device;
pub mod follow_up_schedule;
pub mod inbox_filter;
pub mod opening_hours;
pub mod opening_hours_form;
pub mod page;
pub mod path_pattern;
pub mod promise;
pub mod promise_text;
pub mod reason;
pub mod reply_policy;
pub mod response;
pub mod response_filter;
pub mod role;
pub mod shop_settings;
