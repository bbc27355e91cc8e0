//! The writer's health, for metrics and `/readyz`.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Upper bounds of the buckets for writes in a commit.
const SIZES: [f64; 8] = [1.0, 4.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

#[derive(Debug, Clone)]
pub struct WriterHealth {
    /// Jobs that wait or are being written.
    pub waiting: Gauge,
    pub stored: Counter,
    pub refused: Counter,
    /// Jobs turned away because they could not be stored in time.
    pub shed: Counter,
    pub commits: Histogram,
    /// How long the oldest job of the last batch had waited, in seconds.
    pub oldest_s: Gauge<f64, AtomicU64>,
    /// 1 while the last batch could not be stored.
    failing: Gauge,
    /// When a batch last could not be stored.
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
    pub fn record(&self, is_stored: bool) {
        self.failing.set((!is_stored).into());
        if !is_stored {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    pub fn is_failing(&self) -> bool {
        self.failing.get() != 0
    }

    /// Whether a batch failed within this time. On a nearly full disk small batches still succeed now and then, which
    /// does not mean that all is well.
    pub fn failed_within(&self, time: Duration) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| at.elapsed() < time)
    }

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
