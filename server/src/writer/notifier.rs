//! Publishes events after the commit: to the pages open at this collector, and to the other collectors on the same
//! PostgreSQL.
//!
//! Not in the transaction itself: PostgreSQL commits notifying transactions one at a time, and so the two workers
//! would wait for each other's disk. A collector that dies between commit and notification leaves open pages stale
//! until the next event, and loses nothing.

use crate::db::{Db, notify};
use crate::domain::change_event::ChangeEvent;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};

/// Pause between notifications.
const PAUSE: Duration = Duration::from_millis(200);
/// Further events are dropped; a page then updates with the shop's next event.
const WAITING_MAX: usize = 1_024;

#[derive(Clone)]
pub(crate) enum ChangeNotifier {
    /// SQLite has one collector.
    Pages(broadcast::Sender<ChangeEvent>),
    /// Includes this one.
    Collectors(mpsc::Sender<ChangeEvent>),
}

impl ChangeNotifier {
    pub(crate) fn start(db: &Db, events: broadcast::Sender<ChangeEvent>) -> Self {
        match db {
            Db::Sqlite(_) => Self::Pages(events),
            Db::Postgres(_) => {
                let (notifier, queue) = mpsc::channel(WAITING_MAX);
                tokio::spawn(run(db.clone(), queue));
                tokio::spawn(notify::listen(db.clone(), events));
                Self::Collectors(notifier)
            }
        }
    }

    /// Failures are ignored: without receivers there is nothing to update.
    pub(crate) fn notify(&self, event: ChangeEvent) {
        match self {
            Self::Pages(events) => drop(events.send(event)),
            Self::Collectors(notifier) => drop(notifier.try_send(event)),
        }
    }
}

async fn run(db: Db, mut queue: mpsc::Receiver<ChangeEvent>) {
    let mut events = Vec::new();
    while queue.recv_many(&mut events, WAITING_MAX).await > 0 {
        let distinct: BTreeSet<ChangeEvent> = events.drain(..).collect();
        if let Err(cause) = notify::publish(&db, &distinct).await {
            tracing::debug!(%cause, "the other collectors could not be told");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
