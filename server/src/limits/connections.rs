//! How many are connected: in a crowd, connections are not kept for a next request that may never come.

use actix_web::dev::Extensions;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From so many connections on, each is closed after its answer. A connection costs about ten kilobytes for as long as
/// it lasts, so this many cost 40 MB.
const CROWD: usize = 4_000;

/// The connections of this moment.
#[derive(Clone, Default)]
pub struct Connections(Arc<AtomicUsize>);

/// One of them; lies with its connection and goes with it.
struct ConnectionGuard(Connections);

impl Connections {
    /// Counts a connection for as long as it lasts.
    pub fn track(&self, connection: &mut Extensions) {
        self.0.fetch_add(1, Ordering::Relaxed);
        connection.insert(ConnectionGuard(self.clone()));
    }

    pub(crate) fn is_over_limit(&self) -> bool {
        self.0.load(Ordering::Relaxed) > CROWD
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
