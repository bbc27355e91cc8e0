//! The log.

use crate::config::log_format::LogFormat;
use std::io::IsTerminal as _;

/// What is logged unless `RUST_LOG` says otherwise. That a stranger sent something that is no request is no error of ours.
const LOGGED: &str = "warn,server=info,actix_http::h1::dispatcher=off";

/// Writes the log to standard error; `RUST_LOG` chooses how much of it.
pub fn init(form: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // Nobody reads the log any more: there is nothing to be said about that, and nobody to hear it.
        .log_internal_errors(false);
    // A second call, as in the demo, changes nothing.
    let _ = match form {
        LogFormat::Pretty => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
