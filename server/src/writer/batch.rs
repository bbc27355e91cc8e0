//! One batch: everything in it is written in one transaction, or nothing is.

use super::Work;
use crate::collect::response::Response;
use crate::db::counts::{self, Changes, Counted};
use crate::db::{Db, DbError, Tx, news, responses};
use crate::failure::Failure;
use crate::token;
use shared::ids::{ResponseId, ShopKey};
use shared::refusal::{Code, Refusal};
use shared::wire::Stored;
use std::collections::HashSet;
use std::time::Duration;

/// How often a batch is begun anew when the database asks for it, and how long to wait before each time.
const AGAIN_AFTER: [Duration; 3] =
    [Duration::from_millis(5), Duration::from_millis(40), Duration::from_millis(200)];

/// Writes a batch and says what became of each part, in the same order.
pub async fn write(db: &Db, work: &[Work], now_ms: i64) -> Vec<Result<Stored, Failure>> {
    let mut again = AGAIN_AFTER.iter();
    let cause = loop {
        match attempt(db, work, now_ms).await {
            Ok(outcomes) => return outcomes,
            Err(cause) if db.is_worth_another_try(&cause) => match again.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => break cause,
            },
            Err(cause) => break cause,
        }
    };
    db.stop_if_the_disk_lies(&cause);
    if work.len() > 1 && Db::is_about_one_row(&cause) {
        // One of them cannot be stored; the others must not suffer for it.
        let mut outcomes = Vec::with_capacity(work.len());
        for one in work.chunks(1) {
            outcomes.append(&mut Box::pin(write(db, one, now_ms)).await);
        }
        return outcomes;
    }
    tracing::error!(%cause, waiting = work.len(), "a batch could not be stored");
    work.iter().map(|_| Err(Code::Busy.into())).collect()
}

async fn attempt(db: &Db, work: &[Work], now_ms: i64) -> Result<Vec<Result<Stored, Failure>>, DbError> {
    let mut tx = db.begin().await?;
    let mut changes = Changes::new();
    let mut new = add_new(&mut tx, work, now_ms, &mut changes).await?;
    let mut outcomes = Vec::with_capacity(work.len());
    for one in work {
        outcomes.push(match one {
            // The first with this id is the one that was added; any other is the same again, or something else.
            Work::Store(response) if new.remove(&key(response)) => Ok(receipt(&response.id)),
            Work::Store(response) => again(&mut tx, response, now_ms, &mut changes).await?,
            Work::Complete { shop, id, secret_hash, change } => {
                match responses::find(&mut tx, shop, id).await? {
                    Some(kept) if token::same(&kept.secret_hash, secret_hash) => {
                        responses::change(&mut tx, shop, id, change, now_ms).await?;
                        recount(&mut changes, shop, &kept, change.rating.map(|r| r.get()));
                        Ok(receipt(id))
                    }
                    Some(_) | None => Err(Failure::NotFound),
                }
            }
        });
    }
    counts::change(&mut tx, &changes).await?;
    for shop in super::shops(work) {
        news::tell(&mut tx, shop).await?;
    }
    tx.commit().await?;
    Ok(outcomes)
}

fn key(response: &Response) -> (ShopKey, ResponseId) {
    (response.shop.clone(), response.id.clone())
}

/// Adds the responses that are not there yet, each id once, and counts them.
async fn add_new(
    tx: &mut Tx,
    work: &[Work],
    now_ms: i64,
    changes: &mut Changes,
) -> Result<HashSet<(ShopKey, ResponseId)>, DbError> {
    let mut seen = HashSet::new();
    let mut first: Vec<&Response> = work
        .iter()
        .filter_map(|one| match one {
            Work::Store(response) if seen.insert(key(response)) => Some(response.as_ref()),
            Work::Store(_) | Work::Complete { .. } => None,
        })
        .collect();
    // In one order for everybody, so that two writers with the same ids cannot wait for each other.
    first.sort_by(|a, b| (&a.shop, &a.id).cmp(&(&b.shop, &b.id)));
    let new = responses::add(tx, &first, now_ms).await?;
    for r in first.iter().filter(|r| new.contains(&key(r))) {
        let counted =
            Counted { shop: r.shop.clone(), day: r.day, moment: r.moment.as_str(), rating: r.rating.get() };
        *changes.entry(counted).or_default() += 1;
    }
    Ok(new)
}

/// A response whose id is known: the very same request, or more of it, or something else.
async fn again(
    tx: &mut Tx,
    response: &Response,
    now_ms: i64,
    changes: &mut Changes,
) -> Result<Result<Stored, Failure>, DbError> {
    let Some(kept) = responses::find(tx, &response.shop, &response.id).await? else {
        return Ok(Err(Code::Busy.into()));
    };
    if token::same(&kept.first_body_hash, &response.body_hash) {
        return Ok(Ok(receipt(&response.id)));
    }
    if !token::same(&kept.secret_hash, &response.secret_hash) {
        return Ok(Err(Refusal::of("id", Code::IdTaken).into()));
    }
    responses::change(tx, &response.shop, &response.id, &response.as_change(), now_ms).await?;
    recount(changes, &response.shop, &kept, Some(response.rating.get()));
    Ok(Ok(receipt(&response.id)))
}

/// Moves a response from one rating's count to another's.
fn recount(changes: &mut Changes, shop: &ShopKey, kept: &responses::Stored, rating: Option<u8>) {
    let Some(rating) = rating.filter(|r| *r != kept.rating) else { return };
    let counted =
        |rating| Counted { shop: shop.clone(), day: kept.day, moment: kept.moment.as_str(), rating };
    *changes.entry(counted(kept.rating)).or_default() -= 1;
    *changes.entry(counted(rating)).or_default() += 1;
}

fn receipt(id: &ResponseId) -> Stored {
    Stored { id: id.as_str().to_owned(), receipt: shared::receipt::of(id) }
}
