//! New PostgreSQL databases for tests.
#![expect(clippy::print_stderr, reason = "a test says what it could not check")]

use pgtemp::Cluster;
use sqlx::{Connection as _, PgConnection};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The address of a PostgreSQL server where databases may be made; without it, one is started. Databases made on a
/// server that was named stay there, called `tableside_…`.
const SERVER: &str = "TABLESIDE_TEST_POSTGRES";

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!("tableside_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The address of a new, empty PostgreSQL database.
pub(crate) async fn postgres() -> String {
    // It ends with this process, which holds the other end of its caretaker's pipe.
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
