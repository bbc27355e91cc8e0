//! The list of tables, and PostgreSQL's statistics about them.

use crate::fixtures::fill;
use crate::tempdb::postgres;
use crate::{A_FEW, both};
use server::db::schema::{NOT_CARRIED, TABLES};
use server::db::{self};
use server::tasks::postgres_analyze;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use testkit::tempdir::TempDir;

/// A table that is not on the list would be lost by every move.
#[tokio::test]
async fn the_list_of_tables_is_the_tables_there_are() {
    let folder = TempDir::new("server-tests").unwrap();
    let listed: Vec<(String, String, String)> = TABLES
        .iter()
        .flat_map(|t| {
            t.columns
                .iter()
                .map(|c| (t.name.to_owned(), c.name.to_owned(), format!("{:?}", c.kind).to_lowercase()))
        })
        .collect();
    let [sqlite, postgres] = both(&folder, "tableside.db").await;
    for address in [&sqlite, &postgres] {
        db::open(address).await.unwrap().close().await;
    }
    // What stays where it is must be alike on both, too, apart from the index and sqlx's own table.
    let is_alike = |table: &str| !table.starts_with("conversation_words") && table != "_sqlx_migrations";
    let mut c = SqliteConnection::connect(&sqlite).await.unwrap();
    let in_sqlite: Vec<Col> = sqlx::query_as(SQLITE_COLUMNS).fetch_all(&mut c).await.unwrap();
    let mut p = PgConnection::connect(&postgres).await.unwrap();
    let in_postgres: Vec<Col> = sqlx::query_as(POSTGRES_COLUMNS).fetch_all(&mut p).await.unwrap();
    let alike =
        |there: &[Col]| there.iter().filter(|(table, ..)| is_alike(table)).cloned().collect::<Vec<_>>();
    assert_eq!(alike(&in_sqlite), alike(&in_postgres));
    let mut listed = listed;
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    for there in [in_sqlite, in_postgres] {
        let there = there.into_iter().filter(|(table, ..)| !NOT_CARRIED.contains(&table.as_str()));
        let there: Vec<_> = there.map(|(table, column, kind, _)| (table, column, kind)).collect();
        assert_eq!(there, listed);
    }
    for table in &TABLES {
        let listed: Vec<&str> = table.key().iter().map(|c| c.name).collect();
        let key: Vec<String> =
            sqlx::query_scalar(SQLITE_KEY).bind(table.name).fetch_all(&mut c).await.unwrap();
        assert_eq!(key, listed, "{}", table.name);
        let key: Vec<String> =
            sqlx::query_scalar(POSTGRES_KEY).bind(table.name).fetch_all(&mut p).await.unwrap();
        assert_eq!(key, listed, "{}", table.name);
    }
    let later = |table: &str| TABLES.iter().position(|t| t.name == table);
    let references: Vec<(String, String)> = sqlx::query_as(REFERENCES).fetch_all(&mut c).await.unwrap();
    assert!(references.len() > 10, "{references:?}");
    for (from, to) in references {
        assert!(later(&from) > later(&to), "{from} is filled before {to}, to which it refers");
    }
}

/// Table, column, kind, and whether it may be null.
type Col = (String, String, String, bool);

const SQLITE_COLUMNS: &str = "select m.name, i.name, lower(i.type), i.\"notnull\" = 0 from sqlite_master m, \
    pragma_table_info(m.name) i \
    where m.type = 'table' and m.name not like 'sqlite!_%' escape '!' order by m.name, i.cid";
const POSTGRES_COLUMNS: &str = "select table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position";
const SQLITE_KEY: &str = "select i.name from pragma_table_info($1) i where i.pk > 0 order by i.pk";
const POSTGRES_KEY: &str = "select k.column_name::text from information_schema.table_constraints t \
    join information_schema.key_column_usage k using (constraint_schema, constraint_name, table_name) \
    where t.constraint_type = 'PRIMARY KEY' and t.table_schema = 'public' and t.table_name = $1 \
    order by k.ordinal_position";
const REFERENCES: &str = "select m.name, f.\"table\" from sqlite_master m, pragma_foreign_key_list(m.name) f \
    where m.type = 'table' and f.seq = 0";

#[tokio::test]
async fn a_new_postgres_is_told_to_look_at_its_tables_once_there_is_something_in_them() {
    let address = postgres().await;
    let db = db::open(&address).await.unwrap();
    assert!(!postgres_analyze::analyze(&db).await.unwrap(), "there is nothing yet");
    fill(&address, A_FEW).await;
    // PostgreSQL may have looked by itself meanwhile; it says which of the two it was.
    let mut c = PgConnection::connect(&address).await.unwrap();
    const BY_ITSELF: &str =
        "select last_autoanalyze is not null from pg_stat_user_tables where relname = 'response'";
    let by_itself: bool = sqlx::query_scalar(BY_ITSELF).fetch_one(&mut c).await.unwrap();
    assert!(postgres_analyze::analyze(&db).await.unwrap());
    const KNOWN: &str = "select reltuples from pg_class where oid = 'response'::regclass";
    let known: f32 = sqlx::query_scalar(KNOWN).fetch_one(&mut c).await.unwrap();
    assert!(by_itself || known as usize == A_FEW.responses, "{known}");
    assert!(postgres_analyze::analyze(&db).await.unwrap(), "once is enough");
    let sqlite = TempDir::new("server-tests").unwrap();
    let sqlite = db::open(&sqlite.sqlite("tableside.db")).await.unwrap();
    assert!(postgres_analyze::analyze(&sqlite).await.unwrap(), "SQLite need not know");
}
