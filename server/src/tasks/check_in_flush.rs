//! Writes the check-ins counted in memory to the database, every two seconds and at shutdown.

use crate::caches::check_in_counter::CheckInKey;
use crate::db::{DbError, check_in_counts};
use crate::domain::check_in::CheckInTotals;
use crate::state::AppState;
use actix_web::web::Data;
use std::time::Duration;

const FLUSH_INTERVAL: Duration = Duration::from_secs(2);

pub async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    loop {
        let is_closing = tokio::select! {
            // An error means that the bus is gone, which happens at shutdown too.
            _ = closing.wait_for(|closing| *closing) => true,
            () = tokio::time::sleep(FLUSH_INTERVAL) => false,
        };
        if is_closing {
            return;
        }
        flush(&state).await;
    }
}

/// Counts that cannot be written now stay in memory for the next flush.
pub async fn flush(state: &AppState) {
    let totals = state.check_ins.drain();
    if totals.is_empty() {
        return;
    }
    // All collectors use the same order, so that two of them cannot block each other.
    let mut rows: Vec<(CheckInKey, CheckInTotals)> = totals.into_iter().collect();
    rows.sort_by(|((a, ..), _), ((b, ..), _)| a.cmp(b));
    // One transaction for each shop: with sharding, two shops may lie on different servers.
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
