//! Conversations: what may be done with them, by which actor, and when follow-ups run.
//!
//! Every change is a [`command::Command`] that the writer executes; `shared::conversation` has the transitions.
//! `domain/follow_up_schedule.rs` decides what is due, from the conversation, the shop's policy and the time alone.

pub mod command;
pub mod execute;
pub(crate) mod follow_up;
