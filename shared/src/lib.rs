//! Tableside's words as types, and the decisions both sides must agree on.
//!
//! Widget and collector import this crate, which imports serde and nothing else. A value that was parsed here needs no
//! second check anywhere. Deliberately absent: clocks, randomness, the network, the database, HTML.
#![warn(missing_docs)]

pub mod check_in;
pub mod complaint;
pub mod conversation;
pub mod email;
pub mod faces;
pub mod ids;
pub mod moment;
pub mod rating;
pub mod receipt;
pub mod refusal;
pub mod string_enum;
pub mod text;
pub mod wire;
pub mod words;
