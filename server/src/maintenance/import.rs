//! Filling an empty database from another one, in a way that can be cut off at any moment and taken up again.

use crate::db::maintenance_job;
use crate::db::maintenance_job::MaintenanceJob;
use crate::db::schema::{TABLES, Table};
use crate::db::{Db, Tx, counters, full_text_search, raw_rows};
use crate::maintenance::MaintenanceError;
use crate::maintenance::copy_tables::{compare, copy, delete_rows, is_empty};

/// Fills `to` with these tables of `from` and compares every row afterwards. While it is under way, the target says
/// so, and nobody serves it. Gives back how many rows there are.
///
/// # Errors
/// [`MaintenanceError::NotEmpty`] or [`MaintenanceError::OtherWork`] if the target is not for us; [`MaintenanceError::Differs`] if the copy
/// is not the original; otherwise what a database said.
pub(crate) async fn import(
    from: &mut Tx,
    to: &Db,
    work: &MaintenanceJob,
    tables: &[&'static Table],
    is_anew: bool,
    now_ms: i64,
    before_serving: impl AsyncFnOnce(&mut Tx) -> Result<(), MaintenanceError>,
) -> Result<u64, MaintenanceError> {
    match maintenance_job::find(to).await? {
        Some(under_way) if under_way == *work => {
            if is_anew {
                let mut tx = to.begin_long().await?;
                delete_rows(&mut tx, &TABLES).await?;
                tx.commit().await?;
            }
        }
        Some(MaintenanceJob { work, source }) => {
            return Err(MaintenanceError::OtherWork { work, source_address: source });
        }
        None if is_empty(to, &TABLES).await? => {
            let mut tx = to.begin_long().await?;
            // A collector that was started once leaves a link to set things up with.
            for table in TABLES.iter().filter(|t| t.lets_in) {
                raw_rows::delete_all(&mut tx, table).await?;
            }
            maintenance_job::start(&mut tx, work, now_ms).await?;
            tx.commit().await?;
        }
        None => return Err(MaintenanceError::NotEmpty("the target database".to_owned())),
    }
    copy(from, to, tables).await?;
    // The index is made of the rows and does not come with them.
    full_text_search::rebuild(to).await?;
    let mut tx = to.begin_long().await?;
    let rows = compare(from, &mut tx, tables).await?;
    // Whoever serves it next counts everything once.
    counters::delete_all(&mut tx).await?;
    before_serving(&mut tx).await?;
    maintenance_job::finish(&mut tx).await?;
    tx.commit().await?;
    to.analyze().await?;
    Ok(rows)
}
