//! `tableside restore`: a backup into an empty database, SQLite or PostgreSQL.
#![expect(clippy::print_stdout, reason = "the last line says what to do next")]

use crate::caches::promises::PromiseCache;
use crate::conversations::command::{Actor, Command, CommandAction};
use crate::conversations::execute::execute;
use crate::db;
use crate::db::counters::CounterChanges;
use crate::db::maintenance_job::MaintenanceJob;
use crate::db::schema::{TABLES, Table};
use crate::db::{
    Db, DbError, OpenError, Tx, conversations, open_backup, open_beside, open_old_backup, open_to_fill,
    outbox_claims, shops, weekly_mail,
};
use crate::domain::reply_policy::ReplyPolicy;
use crate::error::JobError;
use crate::files::atomic_file::AtomicFile;
use crate::maintenance::MaintenanceError;
use crate::maintenance::import::import;
use crate::maintenance::migrate_database::named;
use crate::security::random::SystemRandom;
use crate::time::clock::Clock;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, io};

/// All users have to sign in again, and links made before are void. An interrupted restore continues when it is run
/// again.
pub async fn restore(
    file: &Path,
    address: &str,
    is_anew: bool,
    clock: &dyn Clock,
) -> Result<(), MaintenanceError> {
    let target = db::shown(address)?;
    let source = fs::canonicalize(file).map_err(|_| OpenError::Missing(file.to_owned()))?;
    let backup = BackupFile::open(&source).await?;
    let to = open_to_fill(address).await?;
    let work = MaintenanceJob { work: "restore".to_owned(), source: source.display().to_string() };
    let filled = {
        let mut everything = backup.db.begin_snapshot().await?;
        let now_ms = clock.now_ms();
        let hold = async |tx: &mut Tx| Ok(pause_mail(&backup.db, tx, now_ms).await?);
        import(&mut everything, &to, &work, &restored_tables(), is_anew, now_ms, hold).await
    };
    backup.db.close().await;
    to.close().await;
    let rows = filled.map_err(|e| named(e, &target))?;
    println!("{rows} rows are in {target} now, every one compared with the backup.");
    println!(
        "E-mail that waited is held back, since it may have been sent meanwhile: the settings of each shop tell."
    );
    println!("Everybody has to sign in again. Start the collector: tableside serve --database ADDRESS");
    Ok(())
}

/// Leaves out sessions and one-time links, which may have been revoked after the backup was taken.
fn restored_tables() -> Vec<&'static Table> {
    TABLES.iter().filter(|t| !t.grants_access).collect()
}

const CONVERSATIONS_PER_QUERY: i64 = 256;

/// Nothing is sent twice: mail that waited in the backup may have been sent since, and follow-ups may have run. All
/// that is due runs now, with its mail held until an owner decides.
///
/// Shops are looked up in the backup, since the target may have one connection only, which this transaction holds.
async fn pause_mail(backup: &Db, tx: &mut Tx, now_ms: i64) -> Result<(), DbError> {
    let (mut policies, promises) = (BTreeMap::new(), PromiseCache::default());
    loop {
        let due = conversations::list_due_within(tx, now_ms, CONVERSATIONS_PER_QUERY).await?;
        if due.is_empty() {
            break;
        }
        for (shop, id) in due {
            if !policies.contains_key(&shop)
                && let Some(found_shop) = shops::find(backup, &shop).await?
            {
                // Where none can be measured, a new shop's policy applies.
                let promise_open_ms = promises.open_ms(backup, &found_shop, now_ms).await.unwrap_or_default();
                policies.insert(
                    shop.clone(),
                    Arc::new(ReplyPolicy::from_settings(&found_shop.settings, promise_open_ms)),
                );
            }
            let Some(policy) = policies.get(&shop).cloned() else { continue };
            let command = Command { shop, id, by: Actor::System, what: CommandAction::RunFollowUps(policy) };
            // The counters are rebuilt from the rows at the next start, which counts these changes.
            let done = execute(tx, &command, now_ms, &SystemRandom, &mut CounterChanges::new()).await;
            if let Err(JobError::Db(cause)) = done {
                return Err(cause);
            }
        }
    }
    weekly_mail::clear_due_times(tx).await?;
    outbox_claims::pause_all(tx, "This may have been sent before the restore.").await
}

/// A backup with the present schema.
struct BackupFile {
    db: Db,
    /// Where an older one was migrated.
    _copy: Option<RestoredCopy>,
}

impl BackupFile {
    async fn open(file: &Path) -> Result<Self, MaintenanceError> {
        match open_backup(file).await {
            Ok(db) => Ok(Self { db, _copy: None }),
            Err(OpenError::OldSchema) => Ok(Self { db: open_old_backup(file).await?, _copy: None }),
            Err(OpenError::Older) => {
                let copy = RestoredCopy::from_file(file)?;
                let db = open_beside(&db::address_of(&copy.0)).await?;
                Ok(Self { db, _copy: Some(copy) })
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// A copy in the temporary folder; dropping it removes it and every file beside it that begins with its name.
struct RestoredCopy(PathBuf);

impl RestoredCopy {
    /// A backup is one plain file that does not change, so that its bytes can be copied.
    fn from_file(file: &Path) -> Result<Self, MaintenanceError> {
        let path = env::temp_dir().join(format!("tableside-restore-{}.db", std::process::id()));
        let failed = |cause| MaintenanceError::File { file: path.clone(), cause };
        let whole = AtomicFile::begin(&path).map_err(failed)?;
        // `fs::copy` would copy the permissions.
        let mut original = File::open(file).map_err(failed)?;
        let mut part = File::options().write(true).open(whole.part_path()).map_err(failed)?;
        io::copy(&mut original, &mut part).map_err(failed)?;
        whole.finish().map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for RestoredCopy {
    fn drop(&mut self) {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        let name = self.0.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(entries) = fs::read_dir(folder) else { return };
        for entry in entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(&name)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
