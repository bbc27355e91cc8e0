//! `tableside move`: copies one database to another. The source is left unchanged.
#![expect(clippy::print_stdout, reason = "the last line says what to do next")]

use crate::db;
use crate::db::maintenance_job::MaintenanceJob;
use crate::db::schema::{TABLES, Table};
use crate::db::{open_to_fill, open_to_move_from};
use crate::maintenance::MaintenanceError;
use crate::maintenance::import::import;
use crate::time::clock::Clock;

/// An interrupted move continues when it is run again; `is_anew` empties the target first.
pub async fn migrate_database(
    from: &str,
    to: &str,
    is_anew: bool,
    clock: &dyn Clock,
) -> Result<(), MaintenanceError> {
    let (source, target) = (db::shown(from)?, db::shown(to)?);
    if source == target {
        return Err(MaintenanceError::Same(source));
    }
    let from = open_to_move_from(from).await?;
    let to = open_to_fill(to).await?;
    let work = MaintenanceJob { work: "move".to_owned(), source };
    let tables: Vec<&'static Table> = TABLES.iter().collect();
    let mut everything = from.begin_exclusive().await?;
    let filled =
        import(&mut everything, &to, &work, &tables, is_anew, clock.now_ms(), async |_| Ok(())).await;
    // A read-only transaction; there is nothing to commit.
    drop(everything);
    from.close().await;
    to.close().await;
    let rows = filled.map_err(|e| named(e, &target))?;
    println!("{rows} rows are in {target} now, every one compared with the one it was copied from.");
    println!("Start the collector there: tableside serve --database ADDRESS");
    println!(
        "{} was left as it was; keep it until you are sure, and do not serve from it again.",
        work.source
    );
    Ok(())
}

/// Adds the name of the target.
pub(crate) fn named(error: MaintenanceError, target: &str) -> MaintenanceError {
    match error {
        MaintenanceError::NotEmpty(_) => MaintenanceError::NotEmpty(target.to_owned()),
        other => other,
    }
}
