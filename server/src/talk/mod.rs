//! Conversations: what may be done with them, by whom, and what has to be done because it is time.
//!
//! Every change is a [`deed::Deed`] that the one writer carries out; `shared::conversation` says where it leads. What is
//! due is decided in `due.rs` by nothing but the conversation, the shop's rules and the time.

pub mod carry_out;
pub mod clerk;
pub mod deed;
pub mod due;
mod look;
pub mod promise;
pub mod rules;
