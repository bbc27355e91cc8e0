//! Many visitors at once. Each writes down what it sends, keeps what is not acknowledged, and sends it again with the
//! same body: what the browser does, without the browser.

use crate::ledger::Ledger;
use crate::visitor::{self, Item};
use anyhow::Result;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use testkit::connection::{BlockingConnection, RawResponse};
use testkit::random::SplitMix64;

/// How long a visitor waits for anything: longer than any promise, so that a broken promise is seen as one.
const TIMEOUT: Duration = Duration::from_secs(20);

/// All visitors of one shop, and what they met.
pub(crate) struct Visitors {
    shop: String,
    to: Vec<SocketAddr>,
    /// What was sent and acknowledged.
    pub(crate) ledger: Ledger,
    recording: Option<PathBuf>,
    random: SplitMix64,
    waiting: Mutex<VecDeque<Item>>,
    met: Mutex<VisitorOutcome>,
}

/// What the visitors met so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct VisitorOutcome {
    /// Answers by status.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// Attempts that got no answer: refused, reset, or over before it came.
    pub(crate) broken: u64,
    /// The slowest answer.
    pub(crate) slowest: Duration,
    /// Answers "not now" that did not say when.
    pub(crate) without_retry_after: u64,
    /// When the latest acknowledgement came.
    pub(crate) acknowledged_at: Option<Instant>,
    /// Statuses that no visitor should get, the first few.
    pub(crate) odd: Vec<String>,
}

impl VisitorOutcome {
    /// How many answers had this status.
    pub(crate) fn of(&self, status: u16) -> u64 {
        self.answers.get(&status).copied().unwrap_or_default()
    }

    /// How many answers were a 2xx.
    pub(crate) fn stored(&self) -> u64 {
        self.answers.range(200..300).map(|(_, n)| n).sum()
    }
}

/// Visitors who are there now. They stay until told to leave.
pub(crate) struct VisitorPool {
    visitors: Arc<Visitors>,
    leave: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Result<()>>>,
}

impl Visitors {
    /// Visitors of this shop who write to these collectors in turn. `recording` is the disk's log, if there is one.
    pub(crate) fn new(
        shop: &str,
        to: Vec<SocketAddr>,
        ledger: Ledger,
        recording: Option<PathBuf>,
        seed: u64,
    ) -> Arc<Self> {
        let (waiting, met) = Default::default();
        Arc::new(Self {
            shop: shop.to_owned(),
            to,
            ledger,
            recording,
            random: SplitMix64::new(seed),
            waiting,
            met,
        })
    }

    /// So many come and send one response after the other.
    pub(crate) fn come(self: &Arc<Self>, count: usize) -> VisitorPool {
        self.send_in(count, true)
    }

    /// Sends what is not acknowledged yet, and nothing new. Gives back how many are still waiting at the end.
    pub(crate) fn deliver_the_rest(self: &Arc<Self>, within: Duration) -> Result<usize> {
        let began = Instant::now();
        let pool = self.send_in(8, false);
        while began.elapsed() < within && pool.threads.iter().any(|t| !t.is_finished()) {
            std::thread::sleep(Duration::from_millis(5));
        }
        pool.leave()?;
        Ok(self.waiting().len())
    }

    /// What they met so far.
    pub(crate) fn met(&self) -> VisitorOutcome {
        self.meeting().clone()
    }

    /// Forgets what they met, to look at the time from now on.
    pub(crate) fn look_afresh(&self) {
        *self.meeting() = VisitorOutcome::default();
    }

    /// A new visitor.
    pub(crate) fn new_item(&self) -> Item {
        Item::new(&self.shop, &self.random)
    }

    /// A new visitor who sends one request only.
    pub(crate) fn brief_item(&self) -> Item {
        Item::brief(&self.shop, &self.random)
    }

    /// Keeps an item for later.
    pub(crate) fn keep(&self, item: Item) {
        self.waiting().push_back(item);
    }

    /// Writes down that an item's next step is acknowledged, and moves on to the step after it.
    pub(crate) fn acknowledged(&self, item: &mut Item) -> Result<()> {
        // Everything the answer rests on was recorded before the answer was read.
        let recorded = self.recording.as_ref().and_then(|path| std::fs::metadata(path).ok());
        self.ledger.acknowledged(&item.id, item.next, recorded.map_or(0, |m| m.len()))?;
        item.next += 1;
        Ok(())
    }

    fn send_in(self: &Arc<Self>, count: usize, with_new_items: bool) -> VisitorPool {
        let leave = Arc::new(AtomicBool::new(false));
        let threads = (0..count)
            .map(|n| {
                let (visitors, leave) = (self.clone(), leave.clone());
                let to = self.to[n % self.to.len()];
                std::thread::spawn(move || visitors.one_after_the_other(to, with_new_items, &leave))
            })
            .collect();
        VisitorPool { visitors: self.clone(), leave, threads }
    }

    fn one_after_the_other(&self, to: SocketAddr, with_new_items: bool, leave: &AtomicBool) -> Result<()> {
        let mut connection = None;
        while !leave.load(Ordering::Relaxed) {
            let kept = self.waiting().pop_front();
            let mut item = match kept {
                Some(item) => item,
                None if with_new_items => self.new_item(),
                None => return Ok(()),
            };
            let outcome = self.deliver(&mut item, to, &mut connection);
            if item.step().is_some() {
                self.keep(item);
            }
            if let Some(pause) = outcome? {
                std::thread::sleep(pause);
            }
        }
        Ok(())
    }

    /// Sends what is left of an item. Gives back how long to wait if that did not work.
    fn deliver(
        &self,
        item: &mut Item,
        to: SocketAddr,
        connection: &mut Option<BlockingConnection>,
    ) -> Result<Option<Duration>> {
        while let Some(step) = item.step() {
            self.ledger.sent(&item.id, item.next, step.rating)?;
            let began = Instant::now();
            let answer = match connection.take() {
                Some(open) => Ok(open),
                None => BlockingConnection::open(to, TIMEOUT),
            }
            .and_then(|mut open| Ok((visitor::post(&mut open, &step.body)?, open)));
            let Ok((answer, open)) = answer else {
                self.meeting().broken += 1;
                return Ok(Some(Duration::from_millis(10)));
            };
            *connection = Some(open);
            self.meet(&answer, began.elapsed(), &item.id);
            if visitor::acknowledges(&answer, &item.id) {
                self.acknowledged(item)?;
            } else {
                // Less patient than a browser, which would wait as long as it is told to; and never in step.
                return Ok(Some(Duration::from_millis(10 + self.random.bits() % 90)));
            }
        }
        Ok(None)
    }

    fn meet(&self, answer: &RawResponse, took: Duration, id: &str) {
        let mut met = self.meeting();
        *met.answers.entry(answer.status).or_default() += 1;
        met.slowest = met.slowest.max(took);
        if visitor::acknowledges(answer, id) {
            met.acknowledged_at = Some(Instant::now());
        } else if matches!(answer.status, 429 | 503) {
            met.without_retry_after += u64::from(answer.retry_after.is_none());
        } else if met.odd.len() < 3 {
            let said = String::from_utf8_lossy(&answer.body);
            met.odd.push(format!("{} {}", answer.status, said.chars().take(120).collect::<String>()));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Item>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meeting(&self) -> MutexGuard<'_, VisitorOutcome> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl VisitorPool {
    /// Tells them to leave, and waits until the last is gone.
    pub(crate) fn leave(mut self) -> Result<()> {
        self.leave.store(true, Ordering::Relaxed);
        for thread in std::mem::take(&mut self.threads) {
            thread.join().map_err(|_| anyhow::anyhow!("a visitor panicked"))??;
        }
        Ok(())
    }

    /// Waits until so many more answers "stored" have come, but not longer than `within`.
    pub(crate) fn until_stored(&self, more: u64, within: Duration) -> bool {
        let goal = self.visitors.met().stored() + more;
        testkit::wait::holds_within(within, || self.visitors.met().stored() >= goal)
    }
}

impl Drop for VisitorPool {
    fn drop(&mut self) {
        self.leave.store(true, Ordering::Relaxed);
    }
}
