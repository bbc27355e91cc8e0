//! Counts that are kept, not computed: what a response and its conversation count as, over which spans of days, and how
//! times are counted. `db/counters.rs` keeps them.

pub mod duration_histogram;
pub mod facts;
pub mod metric;
pub mod rollup;

pub use crate::domain::counters::facts::{ConversationFacts, ResponseFacts};
pub use crate::domain::counters::metric::Metric;
