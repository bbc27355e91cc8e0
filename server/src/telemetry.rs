use crate::config::log_format::LogFormat;
use std::io::IsTerminal as _;

/// Applies unless `RUST_LOG` is set. actix's dispatcher is off: it logs each malformed request as an error.
const DEFAULT_FILTER: &str = "warn,server=info,actix_http::h1::dispatcher=off";

pub fn init(format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // When standard error is closed, there is no place to report that.
        .log_internal_errors(false);
    // A second call, as in the demo, changes nothing.
    let _ = match format {
        LogFormat::Pretty => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
