//! Fills an empty database from another one; can be interrupted at any moment and continued.

use crate::db::maintenance_job;
use crate::db::maintenance_job::MaintenanceJob;
use crate::db::schema::{TABLES, Table};
use crate::db::{Db, Tx, counters, full_text_search, raw_rows};
use crate::maintenance::MaintenanceError;
use crate::maintenance::copy_tables::{compare, copy, delete_rows, is_empty};

/// Copies these tables and compares every row afterwards. Meanwhile the target has a maintenance job, so that no
/// collector serves it. Returns the number of rows.
///
/// # Errors
/// [`MaintenanceError::NotEmpty`] or [`MaintenanceError::OtherWork`] if the target is in use otherwise;
/// [`MaintenanceError::Differs`] if the copy differs; otherwise the error of a database.
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
            // A collector that was started once leaves its first-run link.
            for table in TABLES.iter().filter(|t| t.grants_access) {
                raw_rows::delete_all(&mut tx, table).await?;
            }
            maintenance_job::start(&mut tx, work, now_ms).await?;
            tx.commit().await?;
        }
        None => return Err(MaintenanceError::NotEmpty("the target database".to_owned())),
    }
    copy(from, to, tables).await?;
    // The index is not copied.
    full_text_search::rebuild(to).await?;
    let mut tx = to.begin_long().await?;
    let rows = compare(from, &mut tx, tables).await?;
    // The next collector rebuilds the counters.
    counters::delete_all(&mut tx).await?;
    before_serving(&mut tx).await?;
    maintenance_job::finish(&mut tx).await?;
    tx.commit().await?;
    to.analyze().await?;
    Ok(rows)
}
