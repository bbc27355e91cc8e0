//! A backup of the tables of before, which had other names, still comes back; a database with them is refused.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod tempdb;

use flate2::read::GzDecoder;
use futures_util::TryStreamExt as _;
use server::db::raw_rows::{self, RawRow, Value};
use server::db::schema::{TABLES, Table};
use server::db::{
    self, Db, OpenError, conversations, counter_rebuild, inbox_queries, messages, response_queries,
};
use server::domain::inbox_filter::{InboxCursor, InboxFilter, InboxTab};
use server::maintenance::MaintenanceError;
use server::maintenance::backup::backup;
use server::maintenance::migrate_database::migrate_database;
use server::maintenance::restore::restore;
use server::time::clock::Clock;
use shared::conversation::Stage;
use shared::ids::{ResponseId, ShopKey};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Command;
use tempdb::postgres;
use testkit::tempdir::TempDir;

/// Made with the last program that knew the old tables: two shops of the demo with 40 days behind them, a row or two in every
/// table, and in each of those a shop with ids and words on which two databases might disagree.
const BACKUP: &[u8] = include_bytes!("data/backup_of_schema_62.db.gz");

const SHOP: &str = "vp7t6v6ds6";
const CONVERSATION: &str = "01a213b0-c1e5-7383-8a58-a805e0bde555";

/// The old names of the tables that a restore brings back, and how many rows the backup holds.
const ROWS: [(&str, &str, usize); 17] = [
    ("shop", "shop", 4),
    ("shop_origin", "shop_origin", 2),
    ("shop_photo", "shop_photo", 2),
    ("response", "response", 321),
    ("check_in_count", "check_in_count", 2),
    ("response_reason", "response_reason", 79),
    ("conversation", "conversation", 33),
    ("message", "message", 169),
    ("visitor_key", "visitor_key", 5),
    ("mail", "mail", 5),
    ("mail_server", "mail_server", 2),
    ("unsubscribed", "mail_opt_out", 2),
    ("marker", "change_marker", 2),
    ("saved_words", "saved_reply", 2),
    ("owner", "user_account", 4),
    ("owner_picture", "user_photo", 2),
    ("shop_owner", "shop_member", 6),
];

/// Before anything became due, so that a restore does nothing of its own.
struct LongAgo;

impl Clock for LongAgo {
    fn now_ms(&self) -> i64 {
        0
    }
}

fn old_backup(folder: &TempDir) -> PathBuf {
    let mut bytes = Vec::new();
    GzDecoder::new(BACKUP).read_to_end(&mut bytes).unwrap();
    let file = folder.file("old.db");
    std::fs::write(&file, bytes).unwrap();
    file
}

/// Both databases, each restored from the old backup.
async fn restored(folder: &TempDir) -> Vec<Db> {
    let file = old_backup(folder);
    let mut both = Vec::new();
    for to in [folder.sqlite("new.db"), postgres().await] {
        restore(&file, &to, false, &LongAgo).await.unwrap();
        both.push(db::open(&to).await.unwrap());
    }
    both
}

/// Every row of a table, in order.
async fn dump(db: &Db, name: &str) -> Vec<RawRow> {
    let table = TABLES.iter().find(|t| t.name == name).unwrap();
    let mut tx = db.begin_snapshot().await.unwrap();
    raw_rows::rows(&mut tx, table, None).try_collect().await.unwrap()
}

/// The conversations of a shop in which these words stand.
async fn found(db: &Db, shop: &ShopKey, words: &str) -> Vec<String> {
    let sought = InboxFilter { view: InboxTab::All, text: words.to_owned(), ..InboxFilter::default() };
    let found = inbox_queries::page(db, shop, &sought, &InboxCursor::default(), 10).await.unwrap();
    found.into_iter().map(|found| found.response).collect()
}

#[tokio::test]
async fn every_row_of_an_old_backup_comes_back_into_either_database() {
    let folder = TempDir::new("server-tests").unwrap();
    let databases = restored(&folder).await;
    let carried: BTreeSet<&str> = TABLES.iter().filter(|t| !t.grants_access).map(|t| t.name).collect();
    assert_eq!(ROWS.iter().map(|(_, new, _)| *new).collect::<BTreeSet<_>>(), carried);
    let mut old = SqliteConnection::connect(&folder.sqlite("old.db")).await.unwrap();
    for (before, now, rows) in ROWS {
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {before}"));
        let there: i64 = sqlx::query_scalar(count).fetch_one(&mut old).await.unwrap();
        assert_eq!(usize::try_from(there), Ok(rows), "{before}");
        for db in &databases {
            assert_eq!(dump(db, now).await.len(), rows, "{now}");
        }
    }
    for table in TABLES.iter().filter(|t| t.grants_access) {
        for db in &databases {
            assert_eq!(dump(db, table.name).await, Vec::<RawRow>::new(), "{}", table.name);
        }
    }
    for db in databases {
        db.close().await;
    }
}

/// The greatest number in a column, as the tables of now name it.
async fn greatest(db: &Db, table: &str, column: &str) -> Option<i64> {
    let place = |t: &Table| t.columns.iter().position(|c| c.name == column);
    let place = TABLES.iter().find(|t| t.name == table).and_then(place).unwrap();
    let numbers = dump(db, table).await.into_iter().filter_map(|row| match row[place] {
        Value::Int(number) => Some(number),
        _ => None,
    });
    numbers.max()
}

#[tokio::test]
async fn what_was_renamed_holds_what_it_held() {
    let folder = TempDir::new("server-tests").unwrap();
    let databases = restored(&folder).await;
    let mut old = SqliteConnection::connect(&folder.sqlite("old.db")).await.unwrap();
    for (before, as_was, now, column) in [
        ("marker", "made_at_ms", "change_marker", "created_at_ms"),
        ("unsubscribed", "at_ms", "mail_opt_out", "created_at_ms"),
        ("conversation", "place", "conversation", "search_rowid"),
        ("conversation", "alarm_at_ms", "conversation", "next_check_at_ms"),
        ("conversation", "told_at_ms", "conversation", "shop_notified_at_ms"),
        ("mail", "made_at_ms", "mail", "created_at_ms"),
        ("mail", "done_at_ms", "mail", "finished_at_ms"),
        ("saved_words", "place", "saved_reply", "position"),
        ("response_reason", "place", "response_reason", "position"),
        ("visitor_key", "ends_at_ms", "visitor_key", "expires_at_ms"),
    ] {
        let text = sqlx::AssertSqlSafe(format!("select max({as_was}) from {before}"));
        let was: Option<i64> = sqlx::query_scalar(text).fetch_one(&mut old).await.unwrap();
        assert!(was.is_some(), "there is nothing to compare in {before}.{as_was}");
        for db in &databases {
            assert_eq!(greatest(db, now, column).await, was, "{now}.{column}");
        }
    }
    for db in databases {
        db.close().await;
    }
}

#[tokio::test]
async fn what_an_old_backup_tells_is_read_counted_and_found() {
    let folder = TempDir::new("server-tests").unwrap();
    let databases = restored(&folder).await;
    let mut old = SqliteConnection::connect(&folder.sqlite("old.db")).await.unwrap();
    const COUNTED: &str = "select sum(r1), sum(r2), sum(r3), sum(r4), sum(r5) from kept_count \
        where what = 'all' and span = 1";
    let were_counted: (i64, i64, i64, i64, i64) = sqlx::query_as(COUNTED).fetch_one(&mut old).await.unwrap();
    let (shop, id) = (ShopKey::parse(SHOP).unwrap(), ResponseId::parse("response", CONVERSATION).unwrap());
    for db in databases {
        let response = response_queries::find(&db, &shop, &id).await.unwrap().unwrap();
        assert_eq!(response.comment, "Ten days for a candle? It was a birthday present.");
        let conversation = conversations::load(&db, &shop, &id).await.unwrap().unwrap();
        assert_eq!(conversation.stage, Stage::PutRight);
        assert!(conversation.next_check_at_ms.is_some() && conversation.search_rowid > 0);
        let said = messages::list(&db, &shop, &id).await.unwrap();
        assert!(said.iter().any(|message| !message.words.is_empty() && message.name == "Mats"), "{said:?}");

        let responses = counter_rebuild::rebuild(&db, 20_786).await.unwrap();
        assert_eq!(responses, 321);
        assert_eq!(counter_rebuild::check(&db).await.unwrap(), []);
        let are_counted = all_counted(&db).await;
        assert_eq!(are_counted, were_counted);

        assert_eq!(found(&db, &shop, "candle birthday").await, [CONVERSATION]);
        // What the shop said is found, too, and a shop's words are found in that shop only.
        assert!(found(&db, &shop, "postage back").await.contains(&CONVERSATION.to_owned()));
        assert_eq!(
            found(&db, &ShopKey::parse("rmn8htx576").unwrap(), "birthday").await,
            Vec::<String>::new()
        );
        db.close().await;
    }
}

/// The index of words does not come with the rows, whichever way they come.
#[tokio::test]
async fn what_was_moved_is_found_by_its_words() {
    let folder = TempDir::new("server-tests").unwrap();
    let mut databases = restored(&folder).await;
    databases.pop().unwrap().close().await;
    databases.pop().unwrap().close().await;
    let there = postgres().await;
    migrate_database(&folder.sqlite("new.db"), &there, false, &LongAgo).await.unwrap();
    migrate_database(&there, &folder.sqlite("back.db"), false, &LongAgo).await.unwrap();
    for address in [there, folder.sqlite("back.db")] {
        let db = db::open(&address).await.unwrap();
        assert_eq!(found(&db, &ShopKey::parse(SHOP).unwrap(), "candle birthday").await, [CONVERSATION]);
        db.close().await;
    }
}

async fn all_counted(db: &Db) -> (i64, i64, i64, i64, i64) {
    const COUNTED: &str = "select cast(sum(r1) as bigint), cast(sum(r2) as bigint), cast(sum(r3) as bigint), \
        cast(sum(r4) as bigint), cast(sum(r5) as bigint) from daily_counter where metric = 'all' and span_days = 1";
    server::on!(db, |pool| sqlx::query_as(COUNTED).fetch_one(pool).await).unwrap()
}

#[tokio::test]
async fn a_database_of_the_old_tables_is_refused_with_the_way_over() {
    let folder = TempDir::new("server-tests").unwrap();
    old_backup(&folder);
    let sqlite = folder.sqlite("old.db");
    let postgres = postgres().await;
    let mut old = SqliteConnection::connect(&sqlite).await.unwrap();
    let mut there = PgConnection::connect(&postgres).await.unwrap();
    const TAKEN: &str = "create table _sqlx_migrations (version bigint primary key, description text not null, \
        installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null, \
        execution_time bigint not null)";
    sqlx::query(TAKEN).execute(&mut there).await.unwrap();
    let steps: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations").fetch_all(&mut old).await.unwrap();
    for (version, checksum) in steps {
        const TAKE: &str = "insert into _sqlx_migrations values ($1, '', now(), true, $2, 0)";
        sqlx::query(TAKE).bind(version).bind(checksum).execute(&mut there).await.unwrap();
    }
    old.close().await.unwrap();
    for address in [&sqlite, &postgres] {
        for refused in [
            db::open(address).await.err().unwrap(),
            db::open_beside(address).await.err().unwrap(),
            db::open_to_read(address).await.err().unwrap(),
            db::open_to_move_from(address).await.err().unwrap(),
            db::open_to_fill(address).await.err().unwrap(),
        ] {
            assert!(matches!(refused, OpenError::OldSchema), "{refused}");
        }
        let refused = backup(address, &folder.file("backup.db")).await;
        assert!(matches!(refused, Err(MaintenanceError::Open(OpenError::OldSchema))), "{refused:?}");
        let list = Command::new(env!("CARGO_BIN_EXE_tableside"))
            .args(["shop", "list", "--database", address])
            .output()
            .unwrap();
        let said = String::from_utf8(list.stderr).unwrap();
        assert!(!list.status.success() && said.lines().count() == 1, "{said}");
        assert!(said.contains("tableside backup FILE") && said.contains("tableside restore FILE"), "{said}");
    }
    assert!(!folder.file("backup.db").exists());
    assert_eq!(steps_of(&sqlite).await, 62, "it was changed");
}

async fn steps_of(address: &str) -> i64 {
    let mut c = SqliteConnection::connect(address).await.unwrap();
    sqlx::query_scalar("select count(*) from _sqlx_migrations").fetch_one(&mut c).await.unwrap()
}

#[tokio::test]
async fn an_old_backup_that_is_not_of_the_last_old_step_is_refused() {
    let folder = TempDir::new("server-tests").unwrap();
    let file = old_backup(&folder);
    let mut old = SqliteConnection::connect(&folder.sqlite("old.db")).await.unwrap();
    sqlx::query("delete from _sqlx_migrations where version > 60").execute(&mut old).await.unwrap();
    old.close().await.unwrap();
    let refused = restore(&file, &folder.sqlite("new.db"), false, &LongAgo).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, MaintenanceError::Open(OpenError::OldStep { there: 60, last: 62 })),
        "{refused}"
    );
    assert!(!folder.file("new.db").exists());
}
