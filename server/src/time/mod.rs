//! The clock, and local days.

pub mod clock;
pub mod zone;
