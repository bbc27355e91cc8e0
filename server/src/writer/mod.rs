//! The writer: requests queue jobs and wait; the writer commits all waiting jobs in one transaction and then answers
//! each. An answer means that the job is on disk.
//!
//! One commit costs one sync of the disk, whether it holds one response or five hundred, so the more visitors wait
//! the less each of them waits. No job is ever held back to make a batch larger.

pub(crate) mod batch;
pub(crate) mod health;
pub(crate) mod notifier;

pub use crate::writer::health::WriterHealth;

use crate::conversations::command::{Command, CommandResult};
use crate::db::Db;
use crate::db::response_batch::HeldConnection;
use crate::domain::change_event::ChangeEvent;
use crate::domain::response::{Response, ResponseUpdate};
use crate::error::AppError;
use crate::security::random::Random;
use crate::writer::notifier::ChangeNotifier;
use prometheus_client::metrics::gauge::Gauge;
use shared::ids::{ResponseId, ShopKey};
use shared::refusal::Code;
use shared::wire::Stored;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::Sender;
use tokio::sync::{Notify, mpsc, oneshot};

/// Jobs beyond this are refused at once as busy.
const QUEUE_MAX: usize = 8_192;
/// Jobs in one transaction.
const BATCH_MAX: usize = 512;
/// How many jobs must wait before a second worker writes beside the first: two small commits take longer than one
/// large one, which matters where several collectors share a database.
const SECOND_WORKER_MIN_JOBS: usize = 32;
/// Consecutive batches before the connection is handed to another writer of this process.
const CONSECUTIVE_BATCHES_MAX: u32 = 8;
/// How long an idle worker holds its connection.
const HOLD_CONNECTION_MAX: Duration = Duration::from_millis(100);
/// How long a request waits for its job, and how old a job may be when its batch begins. Browsers send again, and it
/// is the same response.
const WAIT_MAX: Duration = Duration::from_secs(3);

pub(crate) enum Job {
    /// May exist already.
    Store(Box<Response>),
    Complete(Box<Completion>),
    Command(Box<Command>),
}

pub(crate) struct Completion {
    shop: ShopKey,
    id: ResponseId,
    secret_hash: String,
    change: ResponseUpdate,
}

#[derive(Debug, Clone)]
pub(crate) enum JobOutcome {
    Stored(Stored),
    Executed(CommandResult),
}

impl Job {
    fn shop(&self) -> &ShopKey {
        match self {
            Self::Store(response) => &response.shop,
            Self::Complete(completion) => &completion.shop,
            Self::Command(command) => &command.shop,
        }
    }

    /// What an event about the job names.
    fn change(&self) -> (&ShopKey, Option<&ResponseId>) {
        let conversation = match self {
            // The visitor who stores or completes a response is the one who listens.
            Self::Store(_) | Self::Complete(_) => None,
            Self::Command(command) => Some(&command.id),
        };
        (self.shop(), conversation)
    }
}

struct QueuedJob {
    job: Job,
    since: Instant,
    now_ms: i64,
    sender: oneshot::Sender<Result<JobOutcome, AppError>>,
}

/// When it is dropped, the workers write what is queued and stop.
pub struct Writer {
    queue: mpsc::Sender<QueuedJob>,
    health: WriterHealth,
}

impl Writer {
    /// SQLite has room for one writer; PostgreSQL commits twice as fast with two.
    pub fn start(db: &Db, events: Sender<ChangeEvent>, random: Arc<dyn Random>) -> Self {
        let (queue, receiver) = mpsc::channel(QUEUE_MAX);
        let health = WriterHealth::default();
        let worker_count = match db {
            Db::Sqlite(_) => 1,
            Db::Postgres(_) => 2,
        };
        let worker = WriterWorker {
            db: db.clone(),
            queue: Arc::new(tokio::sync::Mutex::new(receiver)),
            busy: WritesInFlight::default(),
            health: health.clone(),
            notifier: ChangeNotifier::start(db, events),
            random,
        };
        for _ in 0..worker_count {
            tokio::spawn(run(worker.clone()));
        }
        Self { queue, health }
    }

    pub fn health(&self) -> &WriterHealth {
        &self.health
    }

    /// The same response again is stored once and answered alike.
    ///
    /// # Errors
    /// [`Code::IdTaken`] if the id belongs to another response; [`Code::Busy`] if it could not be stored now.
    pub async fn store(&self, response: Response, now_ms: i64) -> Result<Stored, AppError> {
        self.submit(Job::Store(Box::new(response)), now_ms).await.and_then(stored)
    }

    /// # Errors
    /// [`AppError::NotFound`] alike for an unknown id and a wrong secret; [`Code::Busy`] if it could not be stored
    /// now.
    pub async fn complete(
        &self,
        shop: ShopKey,
        id: ResponseId,
        secret_hash: String,
        change: ResponseUpdate,
        now_ms: i64,
    ) -> Result<Stored, AppError> {
        let completion = Box::new(Completion { shop, id, secret_hash, change });
        self.submit(Job::Complete(completion), now_ms).await.and_then(stored)
    }

    /// The same command again is executed once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike for an unknown conversation and a wrong secret; the command's own refusal;
    /// [`Code::Busy`] if it could not be stored now.
    pub async fn execute(&self, command: Command, now_ms: i64) -> Result<CommandResult, AppError> {
        match self.submit(Job::Command(Box::new(command)), now_ms).await? {
            JobOutcome::Executed(done) => Ok(done),
            JobOutcome::Stored(_) => {
                Err(AppError::Internal("a command has the outcome of a response".into()))
            }
        }
    }

    async fn submit(&self, job: Job, now_ms: i64) -> Result<JobOutcome, AppError> {
        let (sender, receiver) = oneshot::channel();
        let queued_job = QueuedJob { job, since: Instant::now(), now_ms, sender };
        let _counted = GaugeGuard::begin(&self.health.waiting);
        let queued = self.queue.try_send(queued_job);
        let outcome = match queued {
            // Without this limit, a request that came while another batch waited for a lock would wait for that batch
            // and then for its own. If the job is stored after all, it is the same one when it is sent again.
            Ok(()) => {
                let in_time = tokio::time::timeout(WAIT_MAX, receiver).await;
                in_time.ok().and_then(Result::ok).unwrap_or(Err(Code::Busy.into()))
            }
            Err(_) => Err(Code::Busy.into()),
        };
        let counter = match &outcome {
            Ok(_) => &self.health.stored,
            Err(failure) if failure.code() == Code::Busy => &self.health.shed,
            Err(_) => &self.health.refused,
        };
        counter.inc();
        outcome
    }
}

fn stored(outcome: JobOutcome) -> Result<Stored, AppError> {
    match outcome {
        JobOutcome::Stored(stored) => Ok(stored),
        JobOutcome::Executed(_) => Err(AppError::Internal("a response has the outcome of a deed".into())),
    }
}

/// A visitor who leaves while waiting is no longer counted either.
struct GaugeGuard<'a>(&'a Gauge);

impl<'a> GaugeGuard<'a> {
    fn begin(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for GaugeGuard<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Runs until the writer is dropped. A panic costs the batch it happened in, whose requests are answered as busy, and
/// no later one. It is not logged here: the log may be what panicked, and the panic was already printed on standard
/// error.
async fn run(worker: WriterWorker) {
    loop {
        match tokio::spawn(worker.clone().write()).await {
            Err(ended) if ended.is_panic() => worker.health.record(false),
            Ok(()) | Err(_) => return,
        }
    }
}

#[derive(Clone, Default)]
struct WritesInFlight(Arc<(AtomicUsize, Notify)>);

/// Decrements when it is dropped, also by a panic.
struct WriteHandle(WritesInFlight);

impl WritesInFlight {
    fn is_busy(&self) -> bool {
        self.0.0.load(Ordering::Relaxed) > 0
    }

    fn begin(&self) -> WriteHandle {
        self.0.0.fetch_add(1, Ordering::Relaxed);
        WriteHandle(self.clone())
    }

    /// Waits until another worker has written.
    async fn done(&self) {
        self.0.1.notified().await;
    }
}

impl Drop for WriteHandle {
    fn drop(&mut self) {
        let WritesInFlight(busy) = &self.0;
        busy.0.fetch_sub(1, Ordering::Relaxed);
        busy.1.notify_one();
    }
}

#[derive(Clone)]
struct WriterWorker {
    db: Db,
    queue: Arc<tokio::sync::Mutex<mpsc::Receiver<QueuedJob>>>,
    busy: WritesInFlight,
    health: WriterHealth,
    notifier: ChangeNotifier,
    random: Arc<dyn Random>,
}

/// Waits, and returns the held connection to the pool if that takes long.
async fn release_unless_ready<T>(held: &mut HeldConnection, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match tokio::time::timeout(HOLD_CONNECTION_MAX, &mut future).await {
        Ok(output) => output,
        Err(_) => {
            held.release();
            future.await
        }
    }
}

impl WriterWorker {
    async fn write(self) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        let mut has_shards = None;
        let (mut held, mut consecutive) = (HeldConnection::default(), 0);
        loop {
            // The queue stays locked while this worker waits, so that the other one writes meanwhile and takes the
            // next batch.
            let mut queue = release_unless_ready(&mut held, self.queue.lock()).await;
            let blocks_writers = held.blocks_writers();
            consecutive = if blocks_writers { consecutive + 1 } else { 0 };
            if blocks_writers && (consecutive > CONSECUTIVE_BATCHES_MAX || queue.is_empty()) {
                held.release();
                consecutive = 0;
            }
            if release_unless_ready(&mut held, queue.recv_many(&mut taken, BATCH_MAX)).await == 0 {
                return;
            }
            while self.busy.is_busy() && taken.len() < SECOND_WORKER_MIN_JOBS {
                tokio::select! {
                    () = self.busy.done() => {}
                    received = queue.recv_many(&mut taken, BATCH_MAX) => if received == 0 { break },
                }
            }
            let _writing = self.busy.begin();
            drop(queue);
            let (mut batch, late): (Vec<_>, Vec<_>) =
                taken.drain(..).partition(|w| w.since.elapsed() < WAIT_MAX);
            for queued_job in late {
                // The request may have been cancelled.
                let _ = queued_job.sender.send(Err(Code::Busy.into()));
            }
            let Some(oldest) = batch.iter().map(|w| w.since.elapsed()).max() else { continue };
            self.health.oldest_s.set(oldest.as_secs_f64());
            if has_shards.is_none() {
                has_shards = self.db.has_shards().await.ok();
            }
            if has_shards == Some(true) {
                // A transaction over the shops of two shards would need two phases.
                batch.sort_by(|a, b| a.job.shop().cmp(b.job.shop()));
            }
            let now_ms = batch.iter().map(|w| w.now_ms).max().unwrap_or_default();
            let (jobs, mut senders): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| (w.job, w.sender)).unzip();
            let is_same_transaction = |a: &Job, b: &Job| has_shards != Some(true) || a.shop() == b.shop();
            for jobs in jobs.chunk_by(is_same_transaction) {
                let outcomes = batch::write(&self.db, &mut held, jobs, now_ms, self.random.as_ref()).await;
                self.send_results(jobs, senders.drain(..jobs.len()), outcomes);
            }
        }
    }

    /// Answers the requests, and publishes events.
    fn send_results(
        &self,
        jobs: &[Job],
        senders: impl Iterator<Item = oneshot::Sender<Result<JobOutcome, AppError>>>,
        outcomes: Vec<Result<JobOutcome, AppError>>,
    ) {
        let failing = outcomes.iter().any(|o| o.as_ref().is_err_and(|failure| failure.code() == Code::Busy));
        self.health.record(!failing);
        if !failing {
            self.health.commits.observe(jobs.len() as f64);
        }
        for (sender, outcome) in senders.zip(outcomes) {
            let _ = sender.send(outcome);
        }
        if !failing {
            let changed: BTreeSet<_> = jobs.iter().map(Job::change).collect();
            for (shop, conversation) in changed {
                self.notifier.notify(ChangeEvent { shop: shop.clone(), conversation: conversation.cloned() });
            }
        }
    }
}
