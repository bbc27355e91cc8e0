//! Conversations: what may be done with them, by whom, and what has to be done because it is time.
//!
//! Every change is a [`command::Command`] that the one writer carries out; `shared::conversation` says where it leads. What is
//! due is decided in `domain/follow_up_schedule.rs` by nothing but the conversation, the shop's rules and the time.

pub mod command;
pub mod execute;
pub(crate) mod follow_up;
