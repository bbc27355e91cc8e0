//! Copies rows between databases, table by table in the order of their keys, and compares them afterwards.

use crate::db::raw_rows;
use crate::db::raw_rows::{RawRow, Value};
use crate::db::schema::{ColumnType, Table};
use crate::db::{Db, Tx};
use crate::maintenance::MaintenanceError;
use crate::maintenance::progress::Progress;
use futures_util::TryStreamExt as _;

/// Rows in one transaction; an interrupted copy loses at most this many.
const BATCH: usize = 1_000;

/// Continues each table after the greatest key that arrived. Returns the number of rows copied.
///
/// # Errors
/// [`MaintenanceError::Row`] if the target refuses one; [`MaintenanceError::Db`].
pub(crate) async fn copy(from: &mut Tx, to: &Db, tables: &[&'static Table]) -> Result<u64, MaintenanceError> {
    let mut progress = Progress::new("copied");
    for table in tables {
        let mut tx = to.begin_long().await?;
        let after = raw_rows::greatest_key(&mut tx, table).await?;
        tx.commit().await?;
        let mut batches = raw_rows::rows(from, table, after.as_ref()).try_chunks(BATCH);
        while let Some(batch) = batches.try_next().await.map_err(|e| MaintenanceError::Db(e.1))? {
            let refused = |cause| MaintenanceError::Row { table: table.name, cause };
            let mut tx = to.begin_long().await?;
            raw_rows::insert(&mut tx, table, &batch).await.map_err(refused)?;
            tx.commit().await.map_err(refused)?;
            progress.add(table, batch.len());
        }
        progress.finish(table);
    }
    Ok(progress.total())
}

/// Reads both sides in one order and compares every value. Returns the number of rows.
///
/// # Errors
/// [`MaintenanceError::Differs`] at the first row that differs; [`MaintenanceError::Db`].
pub(crate) async fn compare(
    from: &mut Tx,
    to: &mut Tx,
    tables: &[&'static Table],
) -> Result<u64, MaintenanceError> {
    let mut progress = Progress::new("compared");
    for table in tables {
        let mut theirs = raw_rows::rows(from, table, None);
        let mut ours = raw_rows::rows(to, table, None);
        loop {
            let (theirs, ours) = (theirs.try_next().await?, ours.try_next().await?);
            if theirs != ours {
                return Err(MaintenanceError::Differs {
                    table: table.name,
                    key: first_key(table, theirs, ours),
                });
            }
            if theirs.is_none() {
                break;
            }
            progress.add(table, 1);
        }
        progress.finish(table);
    }
    Ok(progress.total())
}

/// The smaller of two keys, as text for the operator. Keys hold no words of visitors.
fn first_key(table: &Table, theirs: Option<RawRow>, ours: Option<RawRow>) -> String {
    let key = |row: RawRow| row.into_iter().take(table.key).collect::<RawRow>();
    let first = match (theirs.map(key), ours.map(key)) {
        (Some(a), Some(b)) if is_before(&b, &a) => b,
        (Some(a), _) => a,
        (None, Some(b)) => b,
        (None, None) => return "no row".to_owned(),
    };
    let parts = first.iter().zip(table.key()).map(|(value, column)| match (value, column.kind) {
        (Value::Text(text), _) => format!("{} {text}", column.name),
        (Value::Int(int), ColumnType::Integer | ColumnType::Bigint) => format!("{} {int}", column.name),
        (other, _) => format!("{} {other:?}", column.name),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn is_before(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).find(|(a, b)| a != b).is_some_and(|(a, b)| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a < b,
        (Value::Int(a), Value::Int(b)) => a < b,
        _ => false,
    })
}

/// Ignores rows that grant access, such as the first-run link.
pub(crate) async fn is_empty(db: &Db, tables: &[Table]) -> Result<bool, MaintenanceError> {
    for table in tables.iter().filter(|t| !t.grants_access) {
        if !raw_rows::is_empty(db, table).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// In reverse, since each table refers to those before it.
pub(crate) async fn delete_rows(tx: &mut Tx, tables: &[Table]) -> Result<(), MaintenanceError> {
    for table in tables.iter().rev() {
        raw_rows::delete_all(tx, table).await?;
    }
    Ok(())
}
