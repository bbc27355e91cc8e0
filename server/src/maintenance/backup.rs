//! `tableside backup`: a snapshot in one SQLite file, taken while collectors run.
#![expect(clippy::print_stdout, reason = "the last line says that it was checked")]

use crate::db;
use crate::db::schema::{TABLES, Table};
use crate::db::{Db, OpenError, open_backup, open_to_fill, open_to_read};
use crate::files::atomic_file::AtomicFile;
use crate::maintenance::MaintenanceError;
use crate::maintenance::copy_tables::{compare, copy};
use std::fs;
use std::path::Path;

/// Fails if the file exists; only its owner may read it. The file gets its name after an integrity check, so that a
/// file of that name is complete.
pub async fn backup(address: &str, file: &Path) -> Result<(), MaintenanceError> {
    let failed = |cause| MaintenanceError::File { file: file.to_owned(), cause };
    let whole = AtomicFile::begin(file).map_err(failed)?;
    let from = open_to_read(address).await?;
    let written = write(&from, whole.part_path()).await;
    from.close().await;
    written?;
    match open_backup(whole.part_path()).await {
        Ok(copy) => copy.close().await,
        // A backup before an upgrade has the schema of its source.
        Err(OpenError::Older) => {}
        Err(damaged) => return Err(damaged.into()),
    }
    whole.finish().map_err(failed)?;
    println!("{} holds everything, and every byte of it was checked.", file.display());
    Ok(())
}

async fn write(from: &Db, part: &Path) -> Result<(), MaintenanceError> {
    if from.copy_into(part).await? {
        return Ok(());
    }
    let to = open_to_fill(&db::address_of(part)).await?;
    let tables: Vec<&'static Table> = TABLES.iter().collect();
    let mut everything = from.begin_snapshot().await?;
    copy(&mut everything, &to, &tables).await?;
    let mut copied = to.begin_long().await?;
    compare(&mut everything, &mut copied, &tables).await?;
    copied.commit().await?;
    to.close_plain().await?;
    // No other program opens this name.
    let _ = fs::remove_file(crate::files::file_lock::sibling_path(part, ".lock"));
    Ok(())
}
