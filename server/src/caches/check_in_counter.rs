//! `POST /v1/check-ins`: how often visitors were asked by themselves, and how often they put it off.
//!
//! Far more visitors are asked than answer, and none of them waits for this. So it is summed up in memory and written down
//! every few seconds; a collector that is killed loses what it heard since, which is a number and nobody's words.

use crate::db::{DbError, check_in_counts};
use crate::error::Failure;
use crate::state::House;
use crate::web::json_body;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::check_in::CheckIn;
use shared::ids::ShopKey;
use shared::moment::Moment;
use shared::refusal::{Code, Refusal};
use shared::wire::CheckInReport;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How often what was heard is written down.
const EVERY: Duration = Duration::from_secs(2);
/// The most days, shops and moments that are summed up at a time; what is over is not counted.
const SUMS_MAX: usize = 20_000;

/// Whose, on which of the shop's own days, at which moment.
type Which = (ShopKey, i32, Moment);

/// How often they were shown, and how often they were dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// The visitor saw the question.
    pub shown: i64,
    /// It went away without an answer.
    pub dismissed: i64,
}

/// What was heard and is not written down yet.
#[derive(Default)]
pub struct CheckIns(Mutex<HashMap<Which, Sum>>);

impl CheckIns {
    fn hear(&self, which: Which, what: CheckIn) {
        self.add(
            which,
            match what {
                CheckIn::Shown => Sum { shown: 1, dismissed: 0 },
                CheckIn::Dismissed => Sum { shown: 0, dismissed: 1 },
            },
        );
    }

    fn add(&self, which: Which, by: Sum) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < SUMS_MAX || all.contains_key(&which) {
            let sum = all.entry(which).or_default();
            sum.shown += by.shown;
            sum.dismissed += by.dismissed;
        }
    }

    fn take(&self) -> HashMap<Which, Sum> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Hears what became of a check-in. Only those that come by themselves are one; who opens the launcher was not asked.
///
/// # Errors
/// 4xx with the field that was not fine; 429 if it is told too often.
pub async fn tell(
    request: HttpRequest,
    payload: Payload,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let (wire, _) = json_body::json::<CheckInReport>(&request, payload).await?;
    let now_ms = house.clock.now_ms();
    house.limits.look(&request, now_ms)?;
    let shop = ShopKey::parse(&wire.shop)?;
    let what = CheckIn::named(&wire.what).ok_or(Refusal::of("what", Code::Malformed))?;
    if !matches!(wire.moment, Moment::MidJourney | Moment::AfterCheckout) {
        return Err(Refusal::of("moment", Code::Malformed).into());
    }
    let known = house.known_shops.find(&house.db, &shop, now_ms).await?;
    let known = known.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    house.check_ins.hear((shop, known.days.number(now_ms), wire.moment), what);
    Ok(HttpResponse::NoContent().finish())
}

/// Writes down what is heard until the house closes, and then what is left.
pub async fn work(house: Data<House>) {
    let mut closing = house.news.closing();
    loop {
        let is_over = tokio::select! {
            // An error means that the house is gone.
            _ = closing.wait_for(|closing| *closing) => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        if is_over {
            return;
        }
        write(&house).await;
    }
}

/// Writes down what was heard; what cannot be written down now is kept for the next time.
pub async fn write(house: &House) {
    let heard = house.check_ins.take();
    if heard.is_empty() {
        return;
    }
    // In one order for everybody, so that two collectors cannot wait for each other.
    let mut rows: Vec<(Which, Sum)> = heard.into_iter().collect();
    rows.sort_by(|((a, ..), _), ((b, ..), _)| a.cmp(b));
    // One transaction for each shop: with shards, two shops may lie in two places.
    for rows in rows.chunk_by_mut(|((a, ..), _), ((b, ..), _)| a == b) {
        rows.sort_by_key(|((_, day, moment), _)| (*day, moment.as_str()));
        if let Err(cause) = write_down(house, rows).await {
            tracing::warn!(%cause, "how often visitors were asked could not be written down");
            rows.iter().for_each(|(which, sum)| house.check_ins.add(which.clone(), *sum));
        }
    }
}

async fn write_down(house: &House, rows: &[(Which, Sum)]) -> Result<(), DbError> {
    let mut tx = house.db.begin().await?;
    let row = |((shop, day, moment), sum): &(Which, Sum)| {
        (shop.as_str().to_owned(), *day, moment.as_str(), sum.shown, sum.dismissed)
    };
    check_in_counts::add(&mut tx, rows.iter().map(row)).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn which(shop: &str, day: i32) -> Which {
        (ShopKey::parse(shop).unwrap(), day, Moment::MidJourney)
    }

    #[test]
    fn what_is_heard_is_summed_up_and_taken_once() {
        let heard = CheckIns::default();
        let one = which("abcdefghjk", 20_000);
        for what in [CheckIn::Shown, CheckIn::Shown, CheckIn::Dismissed] {
            heard.hear(one.clone(), what);
        }
        assert_eq!(heard.take(), HashMap::from([(one, Sum { shown: 2, dismissed: 1 })]));
        assert!(heard.take().is_empty());
    }

    #[test]
    fn nobody_fills_the_memory_with_days() {
        let heard = CheckIns::default();
        (0..30_000).for_each(|day| heard.hear(which("abcdefghjk", day), CheckIn::Shown));
        heard.hear(which("abcdefghjk", 0), CheckIn::Shown);
        let all = heard.take();
        assert_eq!((all.len(), all[&which("abcdefghjk", 0)].shown), (SUMS_MAX, 2));
    }
}
