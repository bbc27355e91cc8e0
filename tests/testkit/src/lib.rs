//! What `tests/api`, `tests/browser`, the faults, the benchmarks and the task runner share.
//!
//! Nothing here reads or writes a database: everything goes through the ways that others use, too.
//! Deliberately absent: retries, and waiting for a fixed time. A test waits for a state, and says which one did not come.

#[cfg(feature = "suites")]
pub mod attack_strings;
#[cfg(feature = "browser")]
pub mod browser;
pub mod clock;
pub mod connection;
#[cfg(feature = "suites")]
pub mod event_listener;
#[cfg(feature = "suites")]
pub mod host_site;
#[cfg(feature = "suites")]
pub mod http;
#[cfg(feature = "suites")]
pub mod owner_session;
pub mod preload;
pub mod program;
pub mod random;
#[cfg(feature = "suites")]
pub mod requests;
#[cfg(feature = "suites")]
pub mod routes;
pub mod server_process;
#[cfg(feature = "suites")]
pub mod smtp_sink;
pub mod tempdir;
#[cfg(feature = "suites")]
pub mod test_server;
#[cfg(feature = "browser")]
pub mod visitor;
pub mod wait;
