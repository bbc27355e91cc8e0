//! A place to try things out: a folder of its own, and a PostgreSQL database of its own.
#![expect(clippy::print_stderr, reason = "what was not tried has to be said")]

use pgtemp::Cluster;
use sqlx::{Connection as _, PgConnection};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The address of a PostgreSQL server where databases may be made; without it, one is started. Databases made on a
/// server that was named stay there, called `tableside_…`.
const SERVER: &str = "TABLESIDE_TEST_POSTGRES";

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!("tableside_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder that is gone afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of a SQLite file in it.
    pub fn sqlite(&self, name: &str) -> String {
        format!("sqlite://{}", self.file(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The address of a new, empty PostgreSQL database.
pub async fn postgres() -> String {
    // It ends with this process, since nobody holds the other end of its caretaker's pipe then.
    static OWN: OnceLock<Cluster> = OnceLock::new();
    let own = || OWN.get_or_init(|| Cluster::start().unwrap()).address("postgres");
    let server = std::env::var(SERVER).unwrap_or_else(|_| own());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let name = unique();
    let make =
        |how| sqlx::AssertSqlSafe(format!("create database {name} template template0 encoding 'UTF8' {how}"));
    // A language's own order of letters, which is not that of their bytes: where two databases part first.
    let in_english = sqlx::query(make("locale_provider icu icu_locale 'en' locale 'C'"));
    if let Err(cause) = in_english.execute(&mut connection).await {
        eprintln!(
            "This PostgreSQL cannot sort as English does ({cause}); the tests go on in the order of bytes."
        );
        sqlx::query(make("")).execute(&mut connection).await.unwrap();
    }
    let (place, told) = server.split_once('?').unwrap_or((&server, ""));
    let (before, _) = place.rsplit_once('/').unwrap();
    format!("{before}/{name}?{told}")
}
