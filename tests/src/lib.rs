//! Promises, checked from outside: `tests/api` over HTTP, `tests/browser` in Chromium on a stranger's page.
//!
//! Here is what both need: the real program on a database of its own ([`house`]), a client ([`call`]), what visitors
//! send ([`visit`]), and for the browser a shop on a foreign site ([`street`]) and somebody who walks in
//! ([`visitor`]). Everything goes through doors that others use too: nothing here reads or writes the database.
//! Deliberately absent: retries, and waiting for a while. A test waits for a state, and says which one did not come.

pub mod call;
pub mod chromium;
pub mod clock;
pub mod hostile;
pub mod house;
pub mod owner;
pub mod patience;
pub mod post_office;
pub mod routes;
pub mod street;
pub mod talk;
pub mod visit;
pub mod visitor;
