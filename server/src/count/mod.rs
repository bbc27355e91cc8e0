//! Counts that are kept, not computed: what a response and its conversation count as, over which spans of days, and how
//! times are counted. `db/counts.rs` keeps them.

pub mod facts;
pub mod histogram;
pub mod span;
pub mod what;

pub use facts::{Facts, Talk};
pub use what::What;
