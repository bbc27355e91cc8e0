//! Telling what has changed, once it is on disk: the pages open at this collector, and the other collectors on the
//! same PostgreSQL.
//!
//! Not in the transaction itself: PostgreSQL lets only one transaction that notifies commit at a time, and so the two
//! writers would wait for each other's disk. A collector that dies between the commit and the telling leaves an open
//! page behind the times until the next news, and nothing else.

use crate::db::{Db, notify};
use crate::domain::change_event::ChangeEvent;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};

/// How often the other collectors are told; nobody reads faster.
const PAUSE: Duration = Duration::from_millis(200);
/// The most news that may wait; past that a page hears of a shop's next news instead.
const WAITING_MAX: usize = 1_024;

/// Whoever is told.
#[derive(Clone)]
pub(crate) enum ChangeNotifier {
    /// The pages open here.
    Pages(broadcast::Sender<ChangeEvent>),
    /// Every collector, this one too.
    Collectors(mpsc::Sender<ChangeEvent>),
}

impl ChangeNotifier {
    /// Begins to tell, and to hear what other collectors tell.
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

    /// Tells. Whoever is not there to hear it does not matter.
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
