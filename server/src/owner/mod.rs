//! What the owner sees: one file per page, each reads, decides and answers.

pub mod days;
pub mod door;
