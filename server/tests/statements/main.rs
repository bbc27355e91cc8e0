//! Both databases understand every SQL statement of the collector, also those that no other test runs.
//!
//! Not covered: statements that are put together at run time. The compiler wants `AssertSqlSafe` around each of them, and
//! the test knows which files have one.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod source;
#[path = "../tempdb/mod.rs"]
mod tempdb;

use server::db;
use source::{Dialect, SourceText};
use sqlx::postgres::PgTypeInfo;
use sqlx::postgres::types::Oid;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection};
use std::collections::BTreeSet;
use testkit::tempdir::TempDir;

/// Constants of `server/src/db` that are text but no statement, by file and name.
const OTHER_TEXTS: [(&str, &str); 13] = [
    ("error_policy", "SYNC_FAILED"),
    ("error_policy", "RETRYABLE"),
    ("notify", "CHANNEL"),
    ("old_schema", "FIRST_STEP"),
    ("open/migrations", "TAKEN"),
    ("open/network_fs", "REMOTE"),
    ("open/postgres", "POOLED"),
    ("open/postgres", "TRUSTED"),
    ("open/sqlite", "CORRUPT"),
    ("open/sqlite", "NOT_A_DATABASE"),
    ("open/sqlite", "READER_CACHE"),
    ("response_batch", "NO_TRIGGER"),
    ("schema", "NOT_CARRIED"),
];
/// Statements for one database whose constants do not say so: by file and name, or the beginning of a literal.
const OF_ONE_DATABASE: [(&str, &str, Dialect); 7] = [
    ("mod", "BEGIN IMMEDIATE", Dialect::Sqlite),
    ("mod", "select exists (select 1 from pg_extension", Dialect::Postgres),
    ("notify", "NOTIFY", Dialect::Postgres),
    ("snapshots", "HAS_STATISTICS", Dialect::Postgres),
    ("snapshots", "TABLE_SIZE", Dialect::Postgres),
    ("snapshots", "LONG_CACHE", Dialect::Sqlite),
    ("snapshots", "begin isolation level", Dialect::Postgres),
];
/// Ends of statements, and what the code puts in front of them.
const ENDS: [(&str, &str, &str); 1] = [(
    "counter_rebuild",
    "REASSIGN_NAMES",
    "with named as (select page_path as value from response where id = $1) ",
)];
/// A constant with several statements.
const SEVERAL_STATEMENTS: &str = "CREATE_TRIGGER_IN_SQLITE";
/// The files that put statements together at run time. Other tests run them: the backups copy every table by
/// `raw_rows` and old backups by `open/sqlite`, every start takes the steps of `open/migrations`, and the summary's
/// tests count anew by `counter_rebuild`.
const COMPOSING: [&str; 4] = ["counter_rebuild", "open/migrations", "open/sqlite", "raw_rows"];

#[tokio::test]
async fn both_databases_understand_every_statement() {
    let folder = TempDir::new("statements").unwrap();
    let source = source::read(folder.path());
    let [sqlite, postgres] = [folder.sqlite("tableside.db"), tempdb::postgres().await];
    for address in [&sqlite, &postgres] {
        db::open(address).await.unwrap().close().await;
    }
    let mut sqlite = SqliteConnection::connect(&sqlite).await.unwrap();
    let mut postgres = PgConnection::connect(&postgres).await.unwrap();

    let mut texts = source.texts;
    // Makes a view that another statement writes to.
    texts.sort_by_key(|text| text.name != SEVERAL_STATEMENTS);
    let mut exceptions = Exceptions::default();
    let (mut prepared, mut refused) = ([0, 0], Vec::new());
    for mut text in texts {
        if exceptions.is_other_text(&text) {
            continue;
        }
        exceptions.complete(&mut text);
        let dialect = exceptions.dialect_of(&text);
        if dialect != Dialect::Postgres {
            prepared[0] += 1;
            if let Err(cause) = prepare_in_sqlite(&mut sqlite, &text).await {
                refused.push(format!("SQLite, {}: {cause}: {}", text.place(), text.text));
            }
        }
        if dialect != Dialect::Sqlite {
            prepared[1] += 1;
            if let Err(cause) = prepare_in_postgres(&mut postgres, &text.text).await {
                refused.push(format!("PostgreSQL, {}: {cause}: {}", text.place(), text.text));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    // A reader of the source that sees nothing must not pass.
    assert!(prepared.iter().all(|count| *count > 200), "only {prepared:?} statements were found");
    assert_eq!(source.composing, COMPOSING.map(str::to_owned).into());
    assert_eq!(exceptions.unused(), Vec::<&str>::new(), "these exceptions are about nothing that there is");
}

async fn prepare_in_sqlite(connection: &mut SqliteConnection, text: &SourceText) -> Result<(), sqlx::Error> {
    let sql = || AssertSqlSafe(text.text.as_str()).into_sql_str();
    // The later statements need what the earlier ones make.
    if text.name == SEVERAL_STATEMENTS {
        return connection.execute(sqlx::raw_sql(AssertSqlSafe(text.text.as_str()))).await.map(drop);
    }
    connection.prepare(sql()).await.map(drop)
}

/// A parameter whose type the text leaves open is text here: the collector's driver names the type of each.
async fn prepare_in_postgres(connection: &mut PgConnection, text: &str) -> Result<(), sqlx::Error> {
    // Source: PostgreSQL's `pg_type.dat`: 25 is text, and 705 is unknown, which leaves the type to PostgreSQL.
    const TEXT: PgTypeInfo = PgTypeInfo::with_oid(Oid(25));
    const UNKNOWN: PgTypeInfo = PgTypeInfo::with_oid(Oid(705));
    let mut types = Vec::new();
    loop {
        let sql = AssertSqlSafe(text).into_sql_str();
        let Err(cause) = connection.prepare_with(sql, &types).await else { return Ok(()) };
        let message = cause.to_string();
        let open = message.split_once("could not determine data type of parameter $");
        let Some(place) = open.and_then(|(_, rest)| rest.split(' ').next()?.parse::<usize>().ok()) else {
            return Err(cause);
        };
        types.resize(types.len().max(place), UNKNOWN);
        types[place - 1] = TEXT;
    }
}

/// The lists above, and which of their entries were needed.
#[derive(Default)]
struct Exceptions {
    used: BTreeSet<(&'static str, &'static str)>,
}

impl Exceptions {
    fn is_other_text(&mut self, text: &SourceText) -> bool {
        let found = OTHER_TEXTS.iter().find(|(file, name)| text.is(file, name));
        self.used.extend(found);
        found.is_some()
    }

    fn complete(&mut self, text: &mut SourceText) {
        if let Some((file, name, begin)) = ENDS.iter().find(|(file, name, _)| text.is(file, name)) {
            self.used.insert((file, name));
            text.text.insert_str(0, begin);
        }
    }

    fn dialect_of(&mut self, text: &SourceText) -> Dialect {
        if text.dialect != Dialect::Both {
            return text.dialect;
        }
        if let Some((file, name, dialect)) =
            OF_ONE_DATABASE.iter().find(|(file, name, _)| text.is(file, name))
        {
            self.used.insert((file, name));
            return *dialect;
        }
        let said = |word: &str| text.name.contains(&word.to_uppercase()) || text.file.ends_with(word);
        // SQLite has one writer and locks no rows; the settings are those of a PostgreSQL transaction.
        if said("postgres")
            || text.name.ends_with("_LOCK")
            || text.name.starts_with("LOCK_")
            || text.name.ends_with("_FOR_UPDATE")
            || text.name.ends_with("_FOR_SHARE")
            || text.name.starts_with("set local")
        {
            Dialect::Postgres
        } else if said("sqlite") {
            Dialect::Sqlite
        } else {
            Dialect::Both
        }
    }

    fn unused(&self) -> Vec<&'static str> {
        let listed = OTHER_TEXTS.into_iter();
        let listed = listed.chain(OF_ONE_DATABASE.map(|(file, name, _)| (file, name)));
        let listed = listed.chain(ENDS.map(|(file, name, _)| (file, name)));
        listed.filter(|entry| !self.used.contains(entry)).map(|(_, name)| name).collect()
    }
}
