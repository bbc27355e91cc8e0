//! Writes the check-ins that were counted in memory to the database, every two seconds and at the end.

use crate::caches::check_in_counter::CheckInKey;
use crate::db::{DbError, check_in_counts};
use crate::domain::check_in::CheckInTotals;
use crate::state::AppState;
use actix_web::web::Data;
use std::time::Duration;

/// How often what was heard is written down.
const EVERY: Duration = Duration::from_secs(2);

/// Writes down what is heard until the house closes, and then what is left.
pub async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    loop {
        let is_over = tokio::select! {
            // An error means that the house is gone.
            _ = closing.wait_for(|closing| *closing) => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        if is_over {
            return;
        }
        flush(&state).await;
    }
}

/// Writes down what was heard; what cannot be written down now is kept for the next time.
pub async fn flush(state: &AppState) {
    let heard = state.check_ins.drain();
    if heard.is_empty() {
        return;
    }
    // In one order for everybody, so that two collectors cannot wait for each other.
    let mut rows: Vec<(CheckInKey, CheckInTotals)> = heard.into_iter().collect();
    rows.sort_by(|((a, ..), _), ((b, ..), _)| a.cmp(b));
    // One transaction for each shop: with shards, two shops may lie in two places.
    for rows in rows.chunk_by_mut(|((a, ..), _), ((b, ..), _)| a == b) {
        rows.sort_by_key(|((_, day, moment), _)| (*day, moment.as_str()));
        if let Err(cause) = write_rows(state, rows).await {
            tracing::warn!(%cause, "how often visitors were asked could not be written down");
            rows.iter().for_each(|(which, sum)| state.check_ins.add(which.clone(), *sum));
        }
    }
}

async fn write_rows(state: &AppState, rows: &[(CheckInKey, CheckInTotals)]) -> Result<(), DbError> {
    let mut tx = state.db.begin().await?;
    let row = |((shop, day, moment), sum): &(CheckInKey, CheckInTotals)| {
        (shop.as_str().to_owned(), *day, moment.as_str(), sum.shown, sum.dismissed)
    };
    check_in_counts::add(&mut tx, rows.iter().map(row)).await?;
    tx.commit().await
}
