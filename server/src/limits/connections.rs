//! Counts open connections; above the limit, responses close them instead of keeping them alive.

use actix_web::dev::Extensions;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A connection costs about ten kilobytes while it lasts, so this many cost 40 MB.
const KEEP_ALIVE_MAX: usize = 4_000;

#[derive(Clone, Default)]
pub struct Connections(Arc<AtomicUsize>);

/// Lives as long as its connection.
struct ConnectionGuard(Connections);

impl Connections {
    pub fn track(&self, connection: &mut Extensions) {
        self.0.fetch_add(1, Ordering::Relaxed);
        connection.insert(ConnectionGuard(self.clone()));
    }

    pub(crate) fn is_over_limit(&self) -> bool {
        self.0.load(Ordering::Relaxed) > KEEP_ALIVE_MAX
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
