//! Counters: what a response counts as, which sums make a period, and how durations are counted. `db/counters.rs`
//! stores them.

pub mod duration_histogram;
pub mod facts;
pub mod metric;
pub mod rollup;

pub use crate::domain::counters::facts::{ConversationFacts, ResponseFacts};
pub use crate::domain::counters::metric::Metric;
