//! Passwords, tokens, randomness, and which addresses may be reached.

pub mod ip_policy;
pub mod password;
pub mod random;
pub mod secret_hash;
