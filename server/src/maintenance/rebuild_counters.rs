//! `tableside counts rebuild`.
#![expect(clippy::print_stdout, reason = "a command talks to the terminal")]

use crate::caches::tracked_names::NAMES_MAX;
use crate::db;
use crate::db::counter_rebuild;
use crate::maintenance::MaintenanceError;
use crate::time::clock::DAY_MS;
use crate::time::zone::ShopZone;

/// Mismatches printed one by one.
const MISMATCHES_PRINTED_MAX: usize = 20;

/// Rebuilds the counters, or with `check` compares them with the rows.
///
/// # Errors
/// [`MaintenanceError::Miscounted`] if `check` finds mismatches; otherwise the error of the database.
pub async fn rebuild_counters(
    address: &str,
    check: bool,
    names: bool,
    now_ms: i64,
) -> Result<(), MaintenanceError> {
    let db = db::open(address).await?;
    if check {
        let mismatches = counter_rebuild::check(&db).await?;
        db.close().await;
        for mismatch in mismatches.iter().take(MISMATCHES_PRINTED_MAX) {
            let (shop, what, span, day, key) = &mismatch.count;
            println!(
                "{shop} {what} {key:?} of {span} days from day {day} on: {:?} are kept, {:?} are right.",
                mismatch.kept, mismatch.counted
            );
        }
        if !mismatches.is_empty() {
            return Err(MaintenanceError::Miscounted(mismatches.len()));
        }
        println!("Every count is what the stored responses make.");
        return Ok(());
    }
    if names {
        counter_rebuild::reassign_tracked_names(&db, now_ms - 365 * DAY_MS, NAMES_MAX as i64).await?;
    }
    let responses = counter_rebuild::rebuild(&db, ShopZone::from_name("UTC").number(now_ms)).await?;
    db.close().await;
    println!("{responses} responses were counted.");
    Ok(())
}
