//! The one writer: whoever has a response to store hands it in and waits; the writer commits what is waiting in one
//! transaction and then answers each. An answer means: it is on disk.
//!
//! One commit costs one wait for the disk, whether it holds one response or five hundred, so the more visitors wait
//! the less each of them waits for. Nothing is ever held back to make a batch larger.

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

/// The most that may wait; past that the answer is "try again in a moment", at once.
const QUEUE_MAX: usize = 8_192;
/// The most that one transaction holds.
const BATCH_MAX: usize = 512;
/// So many must wait before a second hand writes while the first does: two commits with few in them take longer than one
/// with many, which is felt where several collectors share a database.
const WORTH_A_SECOND: usize = 32;
/// So many batches in a row are written while others of this house who want to write wait.
const IN_A_ROW: u32 = 8;
/// How long a connection is kept while there is nothing to write, if others have some, too.
const KEPT_FOR: Duration = Duration::from_millis(100);
/// How long anybody waits for an answer, and how old anything may be when it is begun. Whoever sent it may send it
/// again: it is the same response.
const WAIT_MAX: Duration = Duration::from_secs(3);

/// What is handed to the writer.
pub(crate) enum Job {
    /// A response, perhaps one that is there already.
    Store(Box<Response>),
    /// What is new about one.
    Complete(Box<Completion>),
    /// Something to be done with a conversation.
    Command(Box<Command>),
}

/// What is new about a response.
pub(crate) struct Completion {
    /// Whose it is.
    shop: ShopKey,
    /// Which.
    id: ResponseId,
    /// The hash of the secret that was sent with it.
    secret_hash: String,
    /// What is new.
    change: ResponseUpdate,
}

/// What became of it.
#[derive(Debug, Clone)]
pub(crate) enum JobOutcome {
    /// It is stored, and this is what the visitor gets to know.
    Stored(Stored),
    /// It was done with a conversation.
    Done(CommandResult),
}

impl Job {
    fn shop(&self) -> &ShopKey {
        match self {
            Self::Store(response) => &response.shop,
            Self::Complete(completion) => &completion.shop,
            Self::Command(command) => &command.shop,
        }
    }

    /// What is to be told when it was done.
    fn change(&self) -> (&ShopKey, Option<&ResponseId>) {
        let talk = match self {
            // Whoever stores or completes a response is the visitor who listens.
            Self::Store(_) | Self::Complete(_) => None,
            Self::Command(command) => Some(&command.id),
        };
        (self.shop(), talk)
    }
}

/// Work, and who waits for it.
struct QueuedJob {
    work: Job,
    since: Instant,
    now_ms: i64,
    answer: oneshot::Sender<Result<JobOutcome, AppError>>,
}

/// The way to the writer. Dropped everywhere, the writer writes what it has and stops.
pub struct Writer {
    queue: mpsc::Sender<QueuedJob>,
    pulse: WriterHealth,
}

impl Writer {
    /// Starts writing, and telling about it. SQLite has room for one writer; PostgreSQL commits twice as fast with two.
    pub fn start(db: &Db, told: Sender<ChangeEvent>, random: Arc<dyn Random>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let pulse = WriterHealth::default();
        let hands = match db {
            Db::Sqlite(_) => 1,
            Db::Postgres(_) => 2,
        };
        let worker = WriterWorker {
            db: db.clone(),
            queue: Arc::new(tokio::sync::Mutex::new(waiting)),
            busy: WritesInFlight::default(),
            pulse: pulse.clone(),
            teller: ChangeNotifier::start(db, told),
            random,
        };
        for _ in 0..hands {
            tokio::spawn(run(worker.clone()));
        }
        Self { queue, pulse }
    }

    /// How the writer is doing.
    pub fn health(&self) -> &WriterHealth {
        &self.pulse
    }

    /// Stores a response. The same response again is stored once and answered alike.
    ///
    /// # Errors
    /// [`Code::IdTaken`] if the id stands for something else; [`Code::Busy`] if it could not be stored now.
    pub async fn store(&self, response: Response, now_ms: i64) -> Result<Stored, AppError> {
        self.submit(Job::Store(Box::new(response)), now_ms).await.and_then(stored)
    }

    /// Completes a response.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike for an unknown id and a wrong secret; [`Code::Busy`] if it could not be stored now.
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

    /// Does something with a conversation. The same again is done once.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike for an unknown conversation and a wrong secret; the command's own refusal;
    /// [`Code::Busy`] if it could not be stored now.
    pub async fn execute(&self, command: Command, now_ms: i64) -> Result<CommandResult, AppError> {
        match self.submit(Job::Command(Box::new(command)), now_ms).await? {
            JobOutcome::Done(done) => Ok(done),
            JobOutcome::Stored(_) => {
                Err(AppError::Internal("a command has the outcome of a response".into()))
            }
        }
    }

    async fn submit(&self, work: Job, now_ms: i64) -> Result<JobOutcome, AppError> {
        let (answer, answered) = oneshot::channel();
        let waiting = QueuedJob { work, since: Instant::now(), now_ms, answer };
        let _counted = GaugeGuard::begin(&self.pulse.waiting);
        let handed_in = self.queue.try_send(waiting);
        let outcome = match handed_in {
            // Whoever came while another batch waited for a lock would otherwise wait for that one and then for their
            // own. What is stored after all is the same response when it is sent again.
            Ok(()) => {
                let in_time = tokio::time::timeout(WAIT_MAX, answered).await;
                in_time.ok().and_then(Result::ok).unwrap_or(Err(Code::Busy.into()))
            }
            Err(_) => Err(Code::Busy.into()),
        };
        let counter = match &outcome {
            Ok(_) => &self.pulse.stored,
            Err(failure) if failure.code() == Code::Busy => &self.pulse.shed,
            Err(_) => &self.pulse.refused,
        };
        counter.inc();
        outcome
    }
}

fn stored(outcome: JobOutcome) -> Result<Stored, AppError> {
    match outcome {
        JobOutcome::Stored(stored) => Ok(stored),
        JobOutcome::Done(_) => Err(AppError::Internal("a response has the outcome of a deed".into())),
    }
}

/// Counted while it exists: a visitor who goes away while waiting is no longer counted either.
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

/// Writes until nobody can hand in any more. A panic costs the batch it happened in, whose senders are told to try
/// again, and not every response from then on. It is not logged here: the log may be what panicked, and the panic
/// has already been said on standard error.
async fn run(worker: WriterWorker) {
    loop {
        match tokio::spawn(worker.clone().write()).await {
            Err(stumbled) if stumbled.is_panic() => worker.pulse.record(false),
            Ok(()) | Err(_) => return,
        }
    }
}

/// Whether a hand is writing at this moment.
#[derive(Clone, Default)]
struct WritesInFlight(Arc<(AtomicUsize, Notify)>);

/// While it exists, a hand is writing, however that ends.
struct WriteHandle(WritesInFlight);

impl WritesInFlight {
    fn is_busy(&self) -> bool {
        self.0.0.load(Ordering::Relaxed) > 0
    }

    fn begin(&self) -> WriteHandle {
        self.0.0.fetch_add(1, Ordering::Relaxed);
        WriteHandle(self.clone())
    }

    /// Waits until a hand has done writing.
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

/// One of those who write.
#[derive(Clone)]
struct WriterWorker {
    db: Db,
    queue: Arc<tokio::sync::Mutex<mpsc::Receiver<QueuedJob>>>,
    busy: WritesInFlight,
    pulse: WriterHealth,
    teller: ChangeNotifier,
    random: Arc<dyn Random>,
}

/// Waits, and keeps no connection from others if that takes long.
async fn not_for_long<T>(kept: &mut HeldConnection, something: impl Future<Output = T>) -> T {
    let mut something = pin!(something);
    match tokio::time::timeout(KEPT_FOR, &mut something).await {
        Ok(it) => it,
        Err(_) => {
            kept.release();
            something.await
        }
    }
}

impl WriterWorker {
    /// Takes what is waiting, writes it, answers, and begins again until nobody can hand in any more.
    async fn write(self) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        let mut has_shards = None;
        let (mut kept, mut in_a_row) = (HeldConnection::default(), 0);
        loop {
            // The lock is held while waiting, so that the other hand writes meanwhile and takes the next batch after.
            let mut queue = not_for_long(&mut kept, self.queue.lock()).await;
            let is_the_only_one = kept.is_the_only_one();
            in_a_row = if is_the_only_one { in_a_row + 1 } else { 0 };
            if is_the_only_one && (in_a_row > IN_A_ROW || queue.is_empty()) {
                kept.release();
                in_a_row = 0;
            }
            if not_for_long(&mut kept, queue.recv_many(&mut taken, BATCH_MAX)).await == 0 {
                return;
            }
            while self.busy.is_busy() && taken.len() < WORTH_A_SECOND {
                tokio::select! {
                    () = self.busy.done() => {}
                    more = queue.recv_many(&mut taken, BATCH_MAX) => if more == 0 { break },
                }
            }
            let _writing = self.busy.begin();
            drop(queue);
            let (mut batch, late): (Vec<_>, Vec<_>) =
                taken.drain(..).partition(|w| w.since.elapsed() < WAIT_MAX);
            for waiting in late {
                // Whoever waited may have gone; that is their right.
                let _ = waiting.answer.send(Err(Code::Busy.into()));
            }
            let Some(oldest) = batch.iter().map(|w| w.since.elapsed()).max() else { continue };
            self.pulse.oldest_s.set(oldest.as_secs_f64());
            if has_shards.is_none() {
                has_shards = self.db.has_shards().await.ok();
            }
            if has_shards == Some(true) {
                // A transaction over the shops of two shards would be one in two phases.
                batch.sort_by(|a, b| a.work.shop().cmp(b.work.shop()));
            }
            let now_ms = batch.iter().map(|w| w.now_ms).max().unwrap_or_default();
            let (work, mut answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| (w.work, w.answer)).unzip();
            let together = |a: &Job, b: &Job| has_shards != Some(true) || a.shop() == b.shop();
            for part in work.chunk_by(together) {
                let outcomes = batch::write(&self.db, &mut kept, part, now_ms, self.random.as_ref()).await;
                self.send_results(part, answers.drain(..part.len()), outcomes);
            }
        }
    }

    /// Answers those who waited, and tells of what is new.
    fn send_results(
        &self,
        work: &[Job],
        answers: impl Iterator<Item = oneshot::Sender<Result<JobOutcome, AppError>>>,
        outcomes: Vec<Result<JobOutcome, AppError>>,
    ) {
        let failing = outcomes.iter().any(|o| o.as_ref().is_err_and(|failure| failure.code() == Code::Busy));
        self.pulse.record(!failing);
        if !failing {
            self.pulse.commits.observe(work.len() as f64);
        }
        for (answer, outcome) in answers.zip(outcomes) {
            let _ = answer.send(outcome);
        }
        if !failing {
            let change: BTreeSet<_> = work.iter().map(Job::change).collect();
            for (shop, talk) in change {
                self.teller.notify(ChangeEvent { shop: shop.clone(), talk: talk.cloned() });
            }
        }
    }
}
