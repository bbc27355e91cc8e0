//! Moving to another database.

use crate::fixtures;
use crate::fixtures::{AllTables, dump, fill};
use crate::tempdb::postgres;
use crate::{A_FEW, MANY, both, tableside};
use server::db::maintenance_job::{self, MaintenanceJob};
use server::db::schema::TABLES;
use server::db::{self, OpenError, raw_rows};
use server::maintenance::MaintenanceError;
use server::maintenance::migrate_database::migrate_database;
use server::time::clock::SystemClock;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use testkit::tempdir::TempDir;

#[tokio::test]
async fn a_move_there_and_back_gives_equal_rows() {
    let folder = TempDir::new("server-tests").unwrap();
    let first = folder.sqlite("first.db");
    fill(&first, A_FEW).await;
    let there = postgres().await;
    let back = folder.sqlite("back.db");
    migrate_database(&first, &there, false, &SystemClock).await.unwrap();
    migrate_database(&there, &back, false, &SystemClock).await.unwrap();
    let dbs =
        [db::open(&first).await.unwrap(), db::open(&there).await.unwrap(), db::open(&back).await.unwrap()];
    for table in &TABLES {
        let original = dump(&dbs[0], table.name).await;
        assert!(!original.is_empty(), "nothing to compare in {}", table.name);
        assert_eq!(dump(&dbs[1], table.name).await, original, "{}", table.name);
        assert_eq!(dump(&dbs[2], table.name).await, original, "{}", table.name);
    }
    for db in dbs {
        db.close().await;
    }
}

/// The program is killed, not asked to stop, once some rows have arrived and some have not.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_cut_off_goes_on_and_half_of_it_is_not_served() {
    let folder = TempDir::new("server-tests").unwrap();
    let [sqlite, pg] = both(&folder, "from.db").await;
    fill(&sqlite, AllTables { shops: 4, responses: MANY }).await;
    fill(&folder.sqlite("another.db"), AllTables { shops: 1, responses: 1 }).await;
    let back = folder.sqlite("back.db");
    for (from, to) in [(&sqlite, &pg), (&pg, &back)] {
        let mut child =
            tableside(&["move", "--from", from, "--to", to]).stderr(Stdio::null()).spawn().unwrap();
        let arrived = until_some_arrived(to).await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(arrived < MANY as i64, "it was over before it could be cut off");

        let refused = opens_by_and_by(to).await;
        assert!(matches!(refused, Some(OpenError::Unfinished { .. })), "{refused:?}");
        let other = folder.sqlite("another.db");
        let refused = migrate_database(&other, to, false, &SystemClock).await;
        assert!(matches!(refused, Err(MaintenanceError::OtherWork { .. })), "{refused:?}");

        migrate_database(from, to, false, &SystemClock).await.unwrap();
        let (from, to) = (db::open(from).await.unwrap(), db::open(to).await.unwrap());
        assert_eq!(dump(&to, "response").await.len(), MANY);
        for table in &TABLES {
            assert_eq!(dump(&to, table.name).await, dump(&from, table.name).await, "{}", table.name);
        }
        from.close().await;
        to.close().await;
    }
}

/// Waits until the target holds some of the responses.
async fn until_some_arrived(to: &str) -> i64 {
    const COUNT: &str = "select cast(count(*) as bigint) from response";
    for _ in 0..6_000 {
        let count: Option<i64> = if to.starts_with("sqlite") {
            match SqliteConnection::connect(to).await {
                Ok(mut c) => sqlx::query_scalar(COUNT).fetch_one(&mut c).await.ok(),
                Err(_) => None,
            }
        } else {
            match PgConnection::connect(to).await {
                Ok(mut c) => sqlx::query_scalar(COUNT).fetch_one(&mut c).await.ok(),
                Err(_) => None,
            }
        };
        if let Some(count) = count.filter(|c| *c > 0) {
            return count;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nothing arrived in {to}");
}

/// What opening says once PostgreSQL has noticed that the killed program is gone.
async fn opens_by_and_by(address: &str) -> Option<OpenError> {
    for _ in 0..200 {
        match db::open(address).await {
            Err(OpenError::InUse(_)) => tokio::time::sleep(Duration::from_millis(25)).await,
            other => return other.err(),
        }
    }
    panic!("somebody still holds {address}");
}

#[tokio::test]
async fn a_source_that_changed_since_the_move_was_begun_is_noticed_and_can_be_moved_anew() {
    let folder = TempDir::new("server-tests").unwrap();
    let [from, to] = both(&folder, "from.db").await;
    fill(&from, A_FEW).await;
    // As if a first attempt had brought the shops and been cut off, and one was renamed since.
    let target = db::open_to_fill(&to).await.unwrap();
    let source = db::open(&from).await.unwrap();
    let work = MaintenanceJob { work: "move".to_owned(), source: db::shown(&from).unwrap() };
    let mut tx = target.begin().await.unwrap();
    maintenance_job::start(&mut tx, &work, 1).await.unwrap();
    raw_rows::insert(&mut tx, &TABLES[0], &dump(&source, "shop").await).await.unwrap();
    tx.commit().await.unwrap();
    target.close().await;
    fixtures::rename_a_shop(&source).await;
    source.close().await;
    drop((target, source));

    let refused = migrate_database(&from, &to, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Differs { table: "shop", .. })), "{refused:?}");
    assert!(matches!(db::open(&to).await, Err(OpenError::Unfinished { .. })));
    migrate_database(&from, &to, true, &SystemClock).await.unwrap();
    db::open(&to).await.unwrap().close().await;
}

#[tokio::test]
async fn a_move_refuses_a_database_with_something_in_it_a_missing_one_and_itself() {
    let folder = TempDir::new("server-tests").unwrap();
    let [from, to] = both(&folder, "from.db").await;
    fill(&from, A_FEW).await;
    fill(&to, AllTables { shops: 1, responses: 1 }).await;
    for is_anew in [false, true] {
        let refused = migrate_database(&from, &to, is_anew, &SystemClock).await;
        assert!(matches!(refused, Err(MaintenanceError::NotEmpty(_))), "{refused:?}");
    }
    let refused = migrate_database(&from, &from, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Same(_))), "{refused:?}");
    let missing = folder.sqlite("missing.db");
    let refused = migrate_database(&missing, &to, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Open(OpenError::Missing(_)))), "{refused:?}");
    assert!(!Path::new(&folder.file("missing.db")).exists());
}

/// The link that a first start prints may be lost.
#[tokio::test]
async fn a_collector_that_was_only_started_once_left_an_empty_database() {
    let folder = TempDir::new("server-tests").unwrap();
    let [from, to] = both(&folder, "from.db").await;
    fill(&from, A_FEW).await;
    let target = db::open(&to).await.unwrap();
    let mut tx = target.begin().await.unwrap();
    db::sessions::insert_one_time_link(&mut tx, "the first link", None, 1, 2).await.unwrap();
    tx.commit().await.unwrap();
    target.close().await;
    migrate_database(&from, &to, false, &SystemClock).await.unwrap();
}
