//! Opens a SQLite file: settings read back, the lock, the copy before a migration.

use crate::db::open::{OpenError, Purpose, migrations, network_fs};
use crate::db::{Db, DbError, Embedded, maintenance_job, old_schema};
use crate::files::atomic_file::{AtomicFile, make_private};
use crate::files::file_lock::{InstanceLock, sibling_path};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

/// Older versions lose committed writes when two connections write and checkpoint at once. Source:
/// <https://sqlite.org/wal.html#walresetbug>.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];

/// How long to wait for a lock of this or another process.
const BUSY: Duration = Duration::from_secs(3);

const READERS: u32 = 4;

/// One connection holds the snapshot that is restored; the other looks up shops meanwhile.
const BACKUP_READERS: u32 = 2;

/// Files up to this size are checked at every start, which takes some hundredths of a second; larger ones whenever a
/// backup of them is taken.
const CHECKED_AT_START_BYTES: u64 = 8 * 1024 * 1024;

/// SQLite's result codes SQLITE_CORRUPT and SQLITE_NOTADB.
const CORRUPT: &str = "11";
const NOT_A_DATABASE: &str = "26";

pub(crate) async fn open(address: &str, purpose: Purpose) -> Result<Db, OpenError> {
    let (options, file) = locate(address)?;
    if !purpose.creates() && !file.exists() {
        return Err(OpenError::Missing(file));
    }
    if let Some(kind) = network_fs::kind_under(&file) {
        return Err(OpenError::Network { file, kind });
    }
    let needs_lock = purpose.is_alone() || purpose == Purpose::Serve;
    let mut lock = if needs_lock { Some(InstanceLock::acquire(&file)?) } else { None };
    if !file.exists() {
        match make_private(&file) {
            // Another program that starts on the same new file was quicker, and made it private as well.
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
            made => made.map_err(DbError::Io)?,
        }
    }
    // The writer comes first: it sets WAL mode before any reader opens the file.
    let write = pool(1).connect_with(options.clone()).await.map_err(|e| file_error(e, &file))?;
    let mut connection = write.acquire().await?;
    check(&mut connection, &file).await?;
    if purpose == Purpose::Read {
        pending(&mut connection, &file).await?;
    } else {
        bring_up_to_date(&mut connection, &file, &mut lock).await?;
    }
    drop(connection);
    let read = pool(READERS).connect_with(options.pragma("cache_size", READER_CACHE)).await?;
    // A short command held it for the migrations only.
    let lock = lock.filter(|_| needs_lock).map(Arc::new);
    if !matches!(purpose, Purpose::MoveTo | Purpose::Read) {
        maintenance_job::must_be_done_in_sqlite(&read).await?;
    }
    Ok(Db::Sqlite(Embedded { read, write, lock }))
}

/// Opens a backup read-only, after an integrity check.
///
/// # Errors
/// [`OpenError::Missing`], [`OpenError::InUseNotBackup`], [`OpenError::NotOurs`], [`OpenError::Damaged`], or
/// [`OpenError::Newer`]; [`OpenError::Older`] if its tables are those of an earlier version, [`OpenError::OldSchema`]
/// if they are those of the old schema.
pub async fn open_backup(file: &Path) -> Result<Db, OpenError> {
    if !file.exists() {
        return Err(OpenError::Missing(file.to_owned()));
    }
    let wal = std::fs::metadata(sibling_path(file, "-wal"));
    if wal.is_ok_and(|m| m.len() > 0) {
        return Err(OpenError::InUseNotBackup(file.to_owned()));
    }
    let read =
        pool(BACKUP_READERS).connect_with(backup_options(file)).await.map_err(|e| file_error(e, file))?;
    let mut connection = read.acquire().await?;
    let found: String = sqlx::query_scalar("pragma integrity_check(1)")
        .fetch_one(&mut *connection)
        .await
        .map_err(|e| file_error(e, file))?;
    if found != "ok" {
        return Err(OpenError::Damaged { file: file.to_owned(), what: found });
    }
    let is_older = match tables(&mut connection, file).await? {
        Tables::Ours => {
            migrations::first_pending(&mut *connection, &migrations::OF_SQLITE, true).await?.is_some()
        }
        Tables::None => return Err(OpenError::NotOurs(file.to_owned())),
    };
    drop(connection);
    if is_older {
        return Err(OpenError::Older);
    }
    Ok(Db::Sqlite(Embedded { write: read.clone(), read, lock: None }))
}

/// Opens a backup with the old schema, which [`open_backup`] has checked, so that it reads like one with the present
/// tables.
///
/// # Errors
/// [`OpenError::OldStep`] if it is not at the last step of the old schema.
pub async fn open_old_backup(file: &Path) -> Result<Db, OpenError> {
    let mut connection = backup_options(file).connect().await?;
    const LAST: &str = "select max(version) from _sqlx_migrations";
    let there: i64 = sqlx::query_scalar(LAST).fetch_one(&mut connection).await?;
    connection.close().await?;
    if there != old_schema::LAST_STEP {
        return Err(OpenError::OldStep { there, last: old_schema::LAST_STEP });
    }
    let pool = pool(BACKUP_READERS).after_connect(|connection, _| {
        Box::pin(async move {
            for view in old_schema::views() {
                sqlx::query(AssertSqlSafe(view)).execute(&mut *connection).await?;
            }
            Ok(())
        })
    });
    let read = pool.connect_with(backup_options(file)).await?;
    Ok(Db::Sqlite(Embedded { write: read.clone(), read, lock: None }))
}

fn backup_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        // The file does not change, so SQLite creates no files beside it.
        .immutable(true)
        .pragma("trusted_schema", "OFF")
        .log_slow_statements(log::LevelFilter::Off, Duration::MAX)
}

/// Characters with a meaning in an address and none in a file name.
const MEANS_SOMETHING: &AsciiSet = &AsciiSet::EMPTY.add(b'%').add(b'?').add(b'#');

pub fn address_of(file: &Path) -> String {
    let path = file.to_string_lossy();
    format!("sqlite://{}", utf8_percent_encode(&path, MEANS_SOMETHING))
}

pub(crate) fn shown(address: &str) -> Result<String, OpenError> {
    Ok(format!("sqlite://{}", locate(address)?.1.display()))
}

/// By the whole path: two names of one file must lead to the same lock.
fn locate(address: &str) -> Result<(SqliteConnectOptions, PathBuf), OpenError> {
    if address.contains(":memory:") || address.contains("mode=memory") {
        return Err(OpenError::InMemory);
    }
    let options = SqliteConnectOptions::from_str(address)?;
    let named = options.get_filename();
    let file = named.canonicalize().or_else(|_| {
        let folder = named.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = named.file_name().ok_or(OpenError::Address)?;
        Ok::<_, OpenError>(
            folder.canonicalize().map_err(|_| OpenError::NoFolder(folder.to_owned()))?.join(name),
        )
    })?;
    let options = options
        .filename(&file)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // With NORMAL, a power cut loses acknowledged answers.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .log_slow_statements(log::LevelFilter::Off, Duration::MAX);
    Ok((options, file))
}

/// Half a megabyte for each reader; `cache_size` counts in negative kibibytes. The operating system caches the file
/// anyway, once for all readers.
const READER_CACHE: &str = "-512";

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        // All are opened at the start and stay: when visitors have taken every file descriptor, none can be opened,
        // and the connected visitors still need them.
        .min_connections(connections)
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(BUSY)
        // A file does not go away like a server does; a test before each use would cost a batch one more round trip.
        .test_before_acquire(false)
        // After an I/O error SQLite rolls back by itself and sqlx does not notice: such a connection would refuse
        // every later transaction, so it is thrown away.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

/// Checks SQLite's version, the settings, and a small file's integrity.
async fn check(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&mut *connection).await?;
    if !is_new_enough(&version) {
        return Err(OpenError::OldSqlite(version));
    }
    const SETTINGS: &str = "select cast(s.synchronous as text), j.journal_mode, cast(f.foreign_keys as text), \
        cast(d.secure_delete as text), cast(t.trusted_schema as text) from pragma_synchronous s, \
        pragma_journal_mode j, pragma_foreign_keys f, pragma_secure_delete d, pragma_trusted_schema t";
    let (synchronous, journal_mode, foreign_keys, secure_delete, trusted_schema): (
        String,
        String,
        String,
        String,
        String,
    ) = sqlx::query_as(SETTINGS).fetch_one(&mut *connection).await?;
    for (setting, is, must) in [
        ("synchronous", synchronous, "2"),
        ("journal_mode", journal_mode, "wal"),
        ("foreign_keys", foreign_keys, "1"),
        ("secure_delete", secure_delete, "1"),
        ("trusted_schema", trusted_schema, "0"),
    ] {
        if is != must {
            return Err(OpenError::Setting { setting, is, must });
        }
    }
    if std::fs::metadata(file).map_err(DbError::Io)?.len() <= CHECKED_AT_START_BYTES {
        let found: String = sqlx::query_scalar("pragma quick_check(1)")
            .fetch_one(&mut *connection)
            .await
            .map_err(|e| file_error(e, file))?;
        if found != "ok" {
            return Err(OpenError::Damaged { file: file.to_owned(), what: found });
        }
        // The pages read for that are not needed again soon.
        sqlx::query("pragma shrink_memory").execute(connection).await?;
    }
    Ok(())
}

fn is_new_enough(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').filter_map(|p| p.parse().ok()).collect();
    parts.as_slice() >= SQLITE_MIN.as_slice()
}

/// Takes the missing steps, exclusively and after a copy of the file.
async fn bring_up_to_date(
    connection: &mut SqliteConnection,
    file: &Path,
    lock: &mut Option<InstanceLock>,
) -> Result<(), OpenError> {
    if pending(connection, file).await?.is_none() {
        return Ok(());
    }
    // SQLite has no lock of its own for this: two programs would take the same step.
    if lock.is_none() {
        *lock = Some(InstanceLock::wait(file).await?);
    }
    let Some(first) = pending(connection, file).await? else { return Ok(()) };
    if matches!(tables(connection, file).await?, Tables::Ours) {
        copy_before(connection, file, first).await?;
    }
    migrations::run_in_sqlite(connection, None).await
}

async fn pending(connection: &mut SqliteConnection, file: &Path) -> Result<Option<i64>, OpenError> {
    let is_begun = matches!(tables(connection, file).await?, Tables::Ours);
    migrations::first_pending(connection, &migrations::OF_SQLITE, is_begun).await
}

enum Tables {
    None,
    Ours,
}

async fn tables(connection: &mut SqliteConnection, file: &Path) -> Result<Tables, OpenError> {
    const NAMES: &str =
        "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!'";
    let names: Vec<String> =
        sqlx::query_scalar(NAMES).fetch_all(connection).await.map_err(|e| file_error(e, file))?;
    if names.is_empty() {
        Ok(Tables::None)
    } else if names.iter().any(|n| n == migrations::TAKEN) {
        Ok(Tables::Ours)
    } else {
        Err(OpenError::NotOurs(file.to_owned()))
    }
}

/// Copies the file to `FILE.before-STEP`; a copy from an earlier attempt is kept, too.
async fn copy_before(connection: &mut SqliteConnection, file: &Path, step: i64) -> Result<(), OpenError> {
    let first = sibling_path(file, &format!(".before-{step}"));
    let more = (2..).map(|n| sibling_path(file, &format!(".before-{step}.{n}")));
    let to = std::iter::once(first.clone()).chain(more).find(|path| !path.exists()).unwrap_or(first);
    let failed = |cause: String| OpenError::Backup { to: to.clone(), cause };
    let copy = AtomicFile::begin(&to).map_err(|e| failed(e.to_string()))?;
    copy_into(connection, copy.part_path()).await.map_err(|e| failed(e.to_string()))?;
    copy.finish().map_err(|e| failed(e.to_string()))
}

/// A consistent copy, beside writers.
pub(crate) async fn copy_into(connection: &mut SqliteConnection, to: &Path) -> Result<(), DbError> {
    let to = to.to_str().ok_or(DbError::Configuration("the name of the file is not Unicode".into()))?;
    sqlx::query("vacuum into $1").bind(to).execute(connection).await.map(drop)
}

/// Turns a copy that was filled row by row into one plain file, as every backup is.
pub(crate) async fn make_plain(pool: &SqlitePool) -> Result<(), DbError> {
    sqlx::query("pragma journal_mode = delete").execute(pool).await.map(drop)
}

fn file_error(error: DbError, file: &Path) -> OpenError {
    let code = error.as_database_error().and_then(|e| e.code().map(|c| c.into_owned()));
    match code.as_deref() {
        Some(NOT_A_DATABASE) => OpenError::NotOurs(file.to_owned()),
        Some(CORRUPT) => OpenError::Damaged { file: file.to_owned(), what: error.to_string() },
        _ => OpenError::Db(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_sqlite_is_known_by_its_number() {
        for (version, fine) in [
            ("3.51.3", true),
            ("3.52.0", true),
            ("4.0.0", true),
            ("3.51.2", false),
            ("3.9.9", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), fine, "{version}");
        }
    }

    /// `server/build.rs` sets how SQLite is compiled; this asks the compiled library.
    #[tokio::test]
    async fn sqlite_is_compiled_as_the_collector_needs_it() {
        let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let options: Vec<String> =
            sqlx::query_scalar("pragma compile_options").fetch_all(&mut db).await.unwrap();
        assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
        for unwanted in ["ENABLE_STAT4", "ENABLE_MEMORY_MANAGEMENT"] {
            assert!(options.iter().all(|option| option != unwanted), "{unwanted}: {options:?}");
        }
    }

    #[test]
    fn a_file_is_found_under_its_address_whatever_it_is_called() {
        for name in ["/tmp/tableside.db", "/tmp/100% ours?.db", "/tmp/a#b.db", "/tmp/Töpfe %41.db"] {
            let (_, file) = locate(&address_of(Path::new(name))).unwrap();
            assert_eq!(file, Path::new(name).to_owned());
        }
    }
}
