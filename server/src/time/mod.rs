//! The clock, and days in a time zone.

pub mod clock;
pub mod zone;
