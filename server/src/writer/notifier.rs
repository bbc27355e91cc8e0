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
    pub(crate) fn start(db: &Db, told: broadcast::Sender<ChangeEvent>) -> Self {
        match db {
            Db::Sqlite(_) => Self::Pages(told),
            Db::Postgres(_) => {
                let (teller, waiting) = mpsc::channel(WAITING_MAX);
                tokio::spawn(run(db.clone(), waiting));
                tokio::spawn(notify::listen(db.clone(), told));
                Self::Collectors(teller)
            }
        }
    }

    /// Failures are ignored: without receivers there is nothing to update.
    pub(crate) fn notify(&self, change: ChangeEvent) {
        match self {
            Self::Pages(told) => drop(told.send(change)),
            Self::Collectors(teller) => drop(teller.try_send(change)),
        }
    }
}

async fn run(db: Db, mut waiting: mpsc::Receiver<ChangeEvent>) {
    let mut told = Vec::new();
    while waiting.recv_many(&mut told, WAITING_MAX).await > 0 {
        let change: BTreeSet<ChangeEvent> = told.drain(..).collect();
        if let Err(cause) = notify::publish(&db, &change).await {
            tracing::debug!(%cause, "the other collectors could not be told");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
