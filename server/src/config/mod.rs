//! Options of the command line and of the environment.

pub mod mail;
