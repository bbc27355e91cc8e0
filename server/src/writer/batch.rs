//! One batch of jobs: all are written in one transaction, or none is.

use crate::conversations::execute::execute;
use crate::db::counters;
use crate::db::counters::CounterChanges;
use crate::db::response_batch;
use crate::db::response_batch::{HeldConnection, InsertOutcome};
use crate::db::{Db, DbError, Tx, conversations, response_facts, responses, visitor_keys};
use crate::domain::response::{Response, ResponseUpdate};
use crate::error::{AppError, JobError};
use crate::security::random::Random;
use crate::security::secret_hash;
use crate::writer::{Completion, Job, JobOutcome};
use shared::conversation::AsideReason;
use shared::ids::{ResponseId, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::wire::Stored;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

/// Pauses before the attempts after a failed one.
const RETRY_PAUSES: [Duration; 3] =
    [Duration::from_millis(5), Duration::from_millis(40), Duration::from_millis(200)];

/// Returns the outcomes in the order of the jobs. Writes on the held connection if there is one.
pub(crate) async fn write(
    db: &Db,
    held: &mut HeldConnection,
    jobs: &[Job],
    now_ms: i64,
    random: &dyn Random,
) -> Vec<Result<JobOutcome, AppError>> {
    let mut pauses = RETRY_PAUSES.iter();
    let cause = loop {
        match attempt(db, held, jobs, now_ms, random).await {
            Ok(outcomes) => return outcomes,
            Err(cause) if db.is_retryable(&cause) => match pauses.next() {
                Some(pause) => tokio::time::sleep(spread(*pause, random)).await,
                None => break cause,
            },
            Err(cause) => break cause,
        }
    };
    db.exit_if_sync_failed(&cause);
    if jobs.len() > 1 && Db::is_about_one_row(&cause) {
        // One job cannot be stored; the others are stored one by one.
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs.chunks(1) {
            outcomes.append(&mut Box::pin(write(db, held, job, now_ms, random)).await);
        }
        return outcomes;
    }
    tracing::error!(%cause, waiting = jobs.len(), "a batch could not be stored");
    jobs.iter().map(|_| Err(Code::Busy.into())).collect()
}

/// Randomises half of a pause, so that writers which collided do not meet again.
fn spread(pause: Duration, random: &dyn Random) -> Duration {
    let mut byte = [0];
    random.fill(&mut byte);
    pause / 2 + pause / 2 * u32::from(byte[0]) / 255
}

async fn attempt(
    db: &Db,
    held: &mut HeldConnection,
    jobs: &[Job],
    now_ms: i64,
    random: &dyn Random,
) -> Result<Vec<Result<JobOutcome, AppError>>, DbError> {
    let first = first_of_each(jobs);
    let responses: Vec<&Response> = first.iter().map(|(_, response)| *response).collect();
    let more = responses.len() < jobs.len();
    let (mut tx, is_new) = match response_batch::add(db, held, &responses, more, now_ms).await? {
        InsertOutcome::Within(tx, is_new) => (tx, is_new),
        InsertOutcome::All => {
            return Ok(first_of_all(jobs).map(|response| Ok(receipt(&response.id))).collect());
        }
    };
    let mut is_added = vec![false; jobs.len()];
    for ((place, _), is_new) in first.iter().zip(is_new) {
        is_added[*place] = is_new;
    }
    let mut changes = CounterChanges::new();
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (job, is_added) in jobs.iter().zip(is_added) {
        outcomes.push(match run_job(&mut tx, job, is_added, now_ms, random, &mut changes).await {
            Ok(outcome) => Ok(outcome),
            Err(JobError::Refused(error)) => Err(error),
            Err(JobError::Db(cause)) => return Err(cause),
        });
    }
    counters::change(&mut tx, &changes).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// `is_added` if the response was stored with the whole batch.
async fn run_job<'a>(
    tx: &mut Tx,
    job: &'a Job,
    is_added: bool,
    now_ms: i64,
    random: &dyn Random,
    changes: &mut CounterChanges<'a>,
) -> Result<JobOutcome, JobError> {
    match job {
        Job::Store(response) if is_added => Ok(receipt(&response.id)),
        Job::Store(response) => store_again(tx, response, now_ms, changes).await,
        Job::Complete(completion) => {
            let Completion { shop, id, secret_hash, change } = completion.as_ref();
            let stored = responses::find(tx, shop, id).await?.ok_or(AppError::NotFound)?;
            if !secret_hash::constant_time_eq(&stored.secret_hash, secret_hash)
                && !visitor_keys::opens_within(tx, shop, id, secret_hash, now_ms).await?
            {
                return Err(AppError::NotFound.into());
            }
            complete(tx, shop, id, change, now_ms, changes).await?;
            Ok(receipt(id))
        }
        Job::Command(command) => {
            execute(tx, command, now_ms, random, changes).await.map(JobOutcome::Executed)
        }
    }
}

/// The responses to store and their positions in the batch: the first of those that share an id, sorted by key, so
/// that two writers with the same ids cannot deadlock.
fn first_of_each(jobs: &[Job]) -> Vec<(usize, &Response)> {
    let responses = jobs.iter().enumerate().filter_map(|(place, job)| match job {
        Job::Store(response) => Some((place, response.as_ref())),
        Job::Complete(_) | Job::Command(_) => None,
    });
    let mut first: Vec<(usize, &Response)> = responses.collect();
    first.sort_by(|(_, a), (_, b)| key(a).cmp(&key(b)));
    first.dedup_by(|(_, later), (_, earlier)| key(later) == key(earlier));
    first
}

/// For a batch of responses alone.
fn first_of_all(jobs: &[Job]) -> impl Iterator<Item = &Response> {
    jobs.iter().filter_map(|job| match job {
        Job::Store(response) => Some(response.as_ref()),
        Job::Complete(_) | Job::Command(_) => None,
    })
}

fn key(response: &Response) -> (&ShopKey, &ResponseId) {
    (&response.shop, &response.id)
}

/// A response whose id exists: the same request again, a fuller one, or another response.
async fn store_again<'a>(
    tx: &mut Tx,
    response: &'a Response,
    now_ms: i64,
    changes: &mut CounterChanges<'a>,
) -> Result<JobOutcome, JobError> {
    let Some(stored) = responses::find(tx, &response.shop, &response.id).await? else {
        return Err(Code::Busy.into());
    };
    if secret_hash::constant_time_eq(&stored.first_body_hash, &response.body_hash) {
        return Ok(receipt(&response.id));
    }
    if !secret_hash::constant_time_eq(&stored.secret_hash, &response.secret_hash) {
        return Err(Refusal::of("id", Code::IdTaken).into());
    }
    complete(tx, &response.shop, &response.id, &response.as_change(), now_ms, changes).await?;
    Ok(receipt(&response.id))
}

/// Whether a change alters what the visitor said, apart from the e-mail address.
async fn rewrites(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    change: &ResponseUpdate,
    reasons: Option<&Vec<Cow<'_, str>>>,
) -> Result<bool, DbError> {
    let same_reasons = change.reasons.as_ref().is_none_or(|picked| {
        let picked: BTreeSet<&str> = picked.iter().map(String::as_str).collect();
        picked == reasons.into_iter().flatten().map(AsRef::as_ref).collect()
    });
    Ok(!same_reasons || !responses::says(tx, shop, id, change).await?)
}

/// Opens a conversation if the response has become a complaint, and updates the counters.
async fn complete<'a>(
    tx: &mut Tx,
    shop: &'a ShopKey,
    id: &ResponseId,
    change: &ResponseUpdate,
    now_ms: i64,
    changes: &mut CounterChanges<'a>,
) -> Result<(), JobError> {
    let before = response_facts::load(tx, shop, id).await?;
    if let Some(conversation) = conversations::find(tx, shop, id).await? {
        if conversation.aside == Some(AsideReason::Spam) {
            return Err(Code::ConversationOver.into());
        }
        // The shop has seen these words and may have acted on them: the visitor adds messages, and rewrites nothing.
        let reasons = before.as_ref().map(|facts| &facts.reasons);
        if conversation.is_seen_by_shop() && rewrites(tx, shop, id, change, reasons).await? {
            return Err(Code::NotNow.into());
        }
    }
    responses::update(tx, shop, id, change, now_ms).await?;
    conversations::open_if_complaint(tx, shop, id, now_ms).await?;
    let after = response_facts::load(tx, shop, id).await?;
    for (facts, by) in [(before, -1), (after, 1)] {
        if let Some(facts) = facts {
            changes.add(shop.as_str().into(), &facts, by);
        }
    }
    Ok(())
}

fn receipt(id: &ResponseId) -> JobOutcome {
    JobOutcome::Stored(Stored { id: id.as_str().to_owned(), receipt: shared::receipt::of(id) })
}
