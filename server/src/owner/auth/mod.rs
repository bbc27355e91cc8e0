//! Sessions, and every page that leads to one.

pub mod accept_invitation;
pub mod first_run;
pub mod known_devices;
pub mod one_time_link;
pub mod session;
pub mod sign_in;
pub mod welcome;
