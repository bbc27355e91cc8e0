//! How the writer is doing, for whoever watches.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Upper ends of the buckets for how many writes a commit holds.
const SIZES: [f64; 8] = [1.0, 4.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Counted by the writer, shown with the metrics, asked by `/readyz`.
#[derive(Debug, Clone)]
pub struct WriterHealth {
    /// What waits or is being written.
    pub waiting: Gauge,
    /// What was answered with "stored".
    pub stored: Counter,
    /// What was refused for what it was, such as an id that is taken.
    pub refused: Counter,
    /// What was turned away because it could not be stored in time.
    pub shed: Counter,
    /// How many writes each commit held.
    pub commits: Histogram,
    /// How long the oldest of the last batch had waited, in seconds.
    pub oldest_s: Gauge<f64, AtomicU64>,
    /// 1 while the last batch could not be stored.
    failing: Gauge,
    /// When a batch could last not be stored.
    failed: Arc<Mutex<Option<Instant>>>,
}

impl Default for WriterHealth {
    fn default() -> Self {
        Self {
            waiting: Gauge::default(),
            stored: Counter::default(),
            refused: Counter::default(),
            shed: Counter::default(),
            commits: Histogram::new(SIZES),
            oldest_s: Gauge::default(),
            failing: Gauge::default(),
            failed: Arc::default(),
        }
    }
}

impl WriterHealth {
    /// Notes how a batch went.
    pub fn record(&self, is_stored: bool) {
        self.failing.set((!is_stored).into());
        if !is_stored {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Whether the last batch could not be stored.
    pub fn is_failing(&self) -> bool {
        self.failing.get() != 0
    }

    /// Whether a batch could not be stored within so long. On a disk that is nearly full small batches still fit now and
    /// then, which is no reason to say that all is well.
    pub fn failed_within(&self, time: Duration) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| at.elapsed() < time)
    }

    /// Shows the numbers under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("stored", "Responses and changes answered with stored", self.stored.clone());
        registry.register("refused", "Writes refused, such as an id that is taken", self.refused.clone());
        registry.register("shed", "Writes turned away that could not be stored in time", self.shed.clone());
        registry.register("commit_writes", "Writes in a commit", self.commits.clone());
        registry.register("queue_length", "Writes that wait or are being written", self.waiting.clone());
        registry.register_with_unit(
            "queue_age",
            "How long the oldest of the last batch had waited",
            Unit::Seconds,
            self.oldest_s.clone(),
        );
        registry.register("failing", "1 while the last batch could not be stored", self.failing.clone());
    }
}
