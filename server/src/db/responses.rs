//! What visitors sent, as it is stored and completed.

use super::{DbError, Tx};
use crate::collect::response::{Change, Response};
use crate::within;
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What is known of a stored response when somebody wants to send it again or to change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Hash of the secret it was made with.
    pub secret_hash: String,
    /// Hash of the first body, to know it again.
    pub first_body_hash: String,
    /// When it was asked.
    pub moment: Moment,
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// The shop's own day under which it is counted.
    pub day: i32,
}

/// A statement that adds several rows, and how many.
struct AddRows {
    rows: usize,
    responses: String,
    reasons: String,
}

/// One text for each size, so that the databases know them all by heart after a minute. A batch is cut into these.
static ADD: LazyLock<Vec<AddRows>> = LazyLock::new(|| {
    let sizes = [64, 16, 4, 1];
    sizes
        .into_iter()
        .map(|rows| AddRows {
            rows,
            responses: format!(
                "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, comment, \
                 email, wants_reply, order_number, page_path, page_title, language, device, day, created_at_ms, \
                 changed_at_ms) values {} on conflict (shop, id) do nothing returning shop, id",
                places(rows, 19)
            ),
            reasons: format!(
                "insert into response_reason (shop, response, reason, place) values {}",
                places(rows, 4)
            ),
        })
        .collect()
});

/// `($1, $2), ($3, $4)` for two rows of two columns.
fn places(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let row: Vec<String> = (1..=columns).map(|c| format!("${}", r * columns + c)).collect();
        format!("({})", row.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    rows.join(", ")
}

/// Cuts a list into the sizes there are statements for.
fn cut<T>(mut list: &[T]) -> impl Iterator<Item = (&'static AddRows, &[T])> {
    std::iter::from_fn(move || {
        let statement = ADD.iter().find(|s| s.rows <= list.len())?;
        let (now, later) = list.split_at(statement.rows);
        list = later;
        Some((statement, now))
    })
}

/// Stores responses whose ids differ; gives back the ids that are new. The others are there already and stay as they
/// are.
///
/// # Errors
/// When the database does not do it.
pub async fn add(
    tx: &mut Tx,
    responses: &[&Response],
    now_ms: i64,
) -> Result<HashSet<(ShopKey, ResponseId)>, DbError> {
    let mut added = HashSet::new();
    for (statement, now) in cut(responses) {
        let new: Vec<(String, String)> = within!(tx, |c| {
            let mut query = sqlx::query_as(statement.responses.as_str());
            for r in now {
                query = query
                    .bind(r.shop.as_str())
                    .bind(r.id.as_str())
                    .bind(r.receipt.as_str())
                    .bind(r.secret_hash.as_str())
                    .bind(r.body_hash.as_str())
                    .bind(r.moment.as_str())
                    .bind(r.scale.as_str())
                    .bind(i32::from(r.rating.get()))
                    .bind(r.comment.as_str())
                    .bind(r.email.as_str())
                    .bind(r.wants_reply)
                    .bind(r.order.as_str())
                    .bind(r.page.path.as_str())
                    .bind(r.page.title.as_str())
                    .bind(r.language.as_str())
                    .bind(r.device.as_str())
                    .bind(r.day)
                    .bind(now_ms)
                    .bind(now_ms);
            }
            query.fetch_all(&mut **c).await
        })?;
        let new: HashSet<(&str, &str)> = new.iter().map(|(shop, id)| (shop.as_str(), id.as_str())).collect();
        let new = now.iter().filter(|r| new.contains(&(r.shop.as_str(), r.id.as_str())));
        added.extend(new.map(|r| (r.shop.clone(), r.id.clone())));
    }
    let picked: Vec<(&Response, i32, &str)> = responses
        .iter()
        .filter(|r| added.contains(&(r.shop.clone(), r.id.clone())))
        .flat_map(|r| (0i32..).zip(&r.reasons).map(|(place, reason)| (*r, place, reason.as_str())))
        .collect();
    let picked: Vec<_> = picked.iter().map(|(r, place, reason)| (&r.shop, &r.id, *place, *reason)).collect();
    add_reasons(tx, &picked).await?;
    Ok(added)
}

async fn add_reasons(tx: &mut Tx, picked: &[(&ShopKey, &ResponseId, i32, &str)]) -> Result<(), DbError> {
    for (statement, now) in cut(picked) {
        within!(tx, |c| {
            let mut query = sqlx::query(statement.reasons.as_str());
            for (shop, id, place, reason) in now {
                query = query.bind(shop.as_str()).bind(id.as_str()).bind(*reason).bind(*place);
            }
            query.execute(&mut **c).await.map(drop)
        })?;
    }
    Ok(())
}

const FIND: &str =
    "select secret_hash, first_body_hash, moment, rating, day from response where shop = $1 and id = $2";
/// Another collector may be changing the same row; SQLite has one writer and needs no lock.
const FIND_AND_LOCK: &str = "select secret_hash, first_body_hash, moment, rating, day from response \
    where shop = $1 and id = $2 for update";

/// The stored response with this id, which nobody else changes until this transaction ends.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<Option<Stored>, DbError> {
    type Row = (String, String, String, i32, i32);
    let row: Option<Row> = match tx {
        Tx::Sqlite(c) => {
            sqlx::query_as(FIND).bind(shop.as_str()).bind(id.as_str()).fetch_optional(&mut **c).await?
        }
        Tx::Postgres(c) => {
            sqlx::query_as(FIND_AND_LOCK)
                .bind(shop.as_str())
                .bind(id.as_str())
                .fetch_optional(&mut **c)
                .await?
        }
    };
    Ok(row.map(|(secret_hash, first_body_hash, moment, rating, day)| Stored {
        secret_hash,
        first_body_hash,
        moment: Moment::named(&moment).unwrap_or_default(),
        rating: u8::try_from(rating).unwrap_or_default(),
        day,
    }))
}

const CHANGE: &str = "update response set rating = coalesce($3, rating), comment = coalesce($4, comment), \
    email = coalesce($5, email), wants_reply = coalesce($6, wants_reply), order_number = coalesce($7, order_number), \
    changed_at_ms = $8 where shop = $1 and id = $2";
const FORGET_REASONS: &str = "delete from response_reason where shop = $1 and response = $2";

/// Completes a response with what is new about it.
///
/// # Errors
/// When the database does not do it.
pub async fn change(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    change: &Change,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(CHANGE)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(change.rating.map(|r| i32::from(r.get())))
        .bind(&change.comment)
        .bind(&change.email)
        .bind(change.wants_reply)
        .bind(&change.order)
        .bind(now_ms)
        .execute(&mut **c)
        .await
        .map(drop))?;
    let Some(reasons) = &change.reasons else { return Ok(()) };
    within!(tx, |c| sqlx::query(FORGET_REASONS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .execute(&mut **c)
        .await
        .map(drop))?;
    let picked: Vec<_> =
        (0i32..).zip(reasons).map(|(place, reason)| (shop, id, place, reason.as_str())).collect();
    add_reasons(tx, &picked).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_cut_into_known_sizes_and_nothing_is_left() {
        for n in [0, 1, 3, 4, 63, 64, 65, 511] {
            let list: Vec<usize> = (0..n).collect();
            let again: Vec<usize> = cut(&list)
                .flat_map(|(s, now)| {
                    assert_eq!(s.rows, now.len());
                    now.to_vec()
                })
                .collect();
            assert_eq!(again, list);
        }
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
    }
}
