//! Backup and restore.

use crate::fixtures;
use crate::fixtures::{AllTables, dump, fill};
use crate::{A_FEW, both};
use server::db::open::migrations;
use server::db::raw_rows::Value;
use server::db::schema::TABLES;
use server::db::{self, OpenError, raw_rows};
use server::maintenance::MaintenanceError;
use server::maintenance::backup::backup;
use server::maintenance::restore::restore;
use server::time::clock::SystemClock;
use sqlx::{Connection as _, SqliteConnection};
use testkit::tempdir::TempDir;

/// A plain copy of the file looks healthy and lacks what was still in the log beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_writing_holds_every_row_acknowledged_before_it_began() {
    let folder = TempDir::new("server-tests").unwrap();
    for (n, address) in both(&folder, "tableside.db").await.into_iter().enumerate() {
        let db = db::open(&address).await.unwrap();
        fixtures::shops(&db, 1).await;
        let (acknowledged, seen) = tokio::sync::watch::channel(0);
        let writer = tokio::spawn({
            let db = db.clone();
            async move {
                for id in 0.. {
                    fixtures::response(&db, id).await;
                    if acknowledged.send(id + 1).is_err() {
                        return;
                    }
                }
            }
        });
        let mut watch = seen.clone();
        for round in 0..5 {
            watch.wait_for(|rows| *rows > round * 20).await.unwrap();
            let before = *seen.borrow();
            let file = folder.file(&format!("backup-{n}-{round}.db"));
            backup(&address, &file).await.unwrap();
            let copy = db::open_backup(&file).await.unwrap();
            let kept = dump(&copy, "response").await.len();
            assert!(kept >= before, "{kept} of {before} acknowledged rows are in the backup of {address}");
            copy.close().await;
        }
        drop((seen, watch));
        writer.await.unwrap();
        db.close().await;
    }
}

#[tokio::test]
async fn a_backup_is_one_private_file_that_never_takes_the_place_of_another() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new("server-tests").unwrap();
    for (n, address) in both(&folder, "tableside.db").await.into_iter().enumerate() {
        fill(&address, A_FEW).await;
        let file = folder.file(&format!("backup-{n}.db"));
        backup(&address, &file).await.unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let again = backup(&address, &file).await;
        assert!(matches!(again, Err(MaintenanceError::File { .. })));
        let beside = std::fs::read_dir(file.parent().unwrap()).unwrap().flatten();
        let beside: Vec<_> = beside
            .map(|e| e.file_name().into_string().unwrap())
            .filter(|name| name.starts_with(&format!("backup-{n}.db")) && name.len() > "backup-0.db".len())
            .collect();
        assert_eq!(beside, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_backup_of_either_database_comes_back_into_either() {
    let folder = TempDir::new("server-tests").unwrap();
    for (n, from) in both(&folder, "from.db").await.into_iter().enumerate() {
        fill(&from, A_FEW).await;
        let file = folder.file(&format!("backup-{n}.db"));
        backup(&from, &file).await.unwrap();
        for to in both(&folder, &format!("to-{n}.db")).await {
            restore(&file, &to, false, &SystemClock).await.unwrap();
            let (from, to) = (db::open(&from).await.unwrap(), db::open(&to).await.unwrap());
            for table in &TABLES {
                let (original, restored) = (dump(&from, table.name).await, dump(&to, table.name).await);
                if table.grants_access {
                    assert!(!original.is_empty(), "there is nothing to end in {}", table.name);
                    assert_eq!(restored, Vec::<raw_rows::RawRow>::new(), "{}", table.name);
                } else {
                    let quiet = original.into_iter().map(|row| match table.name {
                        "mail" => held(row),
                        "shop" => without_its_last(row),
                        _ => row,
                    });
                    assert_eq!(restored, quiet.collect::<Vec<_>>(), "{}", table.name);
                }
            }
            from.close().await;
            to.close().await;
        }
    }
}

/// A shop after a restore: when its next weekly mail is due is found out anew.
fn without_its_last(mut row: raw_rows::RawRow) -> raw_rows::RawRow {
    row.pop();
    row.push(Value::Null);
    row
}

/// A mail that waited may have been sent after the backup was taken.
fn held(mut row: raw_rows::RawRow) -> raw_rows::RawRow {
    let waits = |value: &Value| *value == Value::Text("waiting".to_owned());
    let place = |name: &str| {
        let mail = TABLES.iter().find(|t| t.name == "mail").unwrap();
        mail.columns.iter().position(|c| c.name == name).unwrap()
    };
    if row.get(place("state")).is_some_and(waits) {
        row[place("state")] = Value::Text("held".to_owned());
        row[place("last_error")] = Value::Text("This may have been sent before the restore.".to_owned());
    }
    row
}

#[tokio::test]
async fn a_restore_refuses_a_database_with_something_in_it_and_changes_nothing_there() {
    let folder = TempDir::new("server-tests").unwrap();
    let from = folder.sqlite("from.db");
    fill(&from, A_FEW).await;
    let file = folder.file("backup.db");
    backup(&from, &file).await.unwrap();
    for to in both(&folder, "to.db").await {
        fill(&to, AllTables { shops: 1, responses: 0 }).await;
        let refused = restore(&file, &to, false, &SystemClock).await;
        assert!(matches!(refused, Err(MaintenanceError::NotEmpty(_))), "{refused:?}");
        // Not even when it is asked to begin anew: that is for what an attempt of its own left behind.
        let refused = restore(&file, &to, true, &SystemClock).await;
        assert!(matches!(refused, Err(MaintenanceError::NotEmpty(_))), "{refused:?}");
        let db = db::open(&to).await.unwrap();
        assert_eq!(dump(&db, "shop").await.len(), 1);
        assert!(!dump(&db, "session").await.is_empty());
        db.close().await;
    }
}

#[tokio::test]
async fn a_backup_of_an_older_version_comes_back_up_to_date_and_stays_as_it_is() {
    let folder = TempDir::new("server-tests").unwrap();
    let file = folder.file("old.db");
    std::fs::write(&file, "").unwrap();
    let mut old = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    migrations::run_in_sqlite(&mut old, Some(6)).await.unwrap();
    sqlx::query("insert into shop (shop, name, settings, created_at_ms) values ('s', 'Kiln', '{}', 1)")
        .execute(&mut old)
        .await
        .unwrap();
    old.close().await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    for to in both(&folder, "to.db").await {
        restore(&file, &to, false, &SystemClock).await.unwrap();
        let db = db::open(&to).await.unwrap();
        assert_eq!(dump(&db, "shop").await.len(), 1);
        db.close().await;
    }
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[tokio::test]
async fn a_damaged_backup_or_the_file_of_a_running_collector_is_not_restored() {
    let folder = TempDir::new("server-tests").unwrap();
    let from = folder.sqlite("from.db");
    fill(&from, A_FEW).await;
    let file = folder.file("backup.db");
    backup(&from, &file).await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4_096].fill(0xff);
    std::fs::write(&file, bytes).unwrap();
    let to = folder.sqlite("to.db");
    let refused = restore(&file, &to, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Open(OpenError::Damaged { .. }))), "{refused:?}");

    let running = db::open(&from).await.unwrap();
    fixtures::response(&running, 999_999).await;
    let refused = restore(&folder.file("from.db"), &to, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Open(OpenError::InUseNotBackup(_)))), "{refused:?}");
    assert!(!folder.file("to.db").exists());
    running.close().await;
}
