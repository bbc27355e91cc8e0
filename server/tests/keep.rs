//! What was stored is kept: through backups, moves, upgrades, and a second program on the same file.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod furniture;
mod scratch;

use furniture::{Furniture, dump, furnish};
use scratch::{Folder, postgres};
use server::db::maintenance_job::{self, MaintenanceJob};
use server::db::open::migrations;
use server::db::raw_rows::Value;
use server::db::schema::{NOT_CARRIED, TABLES};
use server::db::{self, OpenError, raw_rows};
use server::maintenance::MaintenanceError;
use server::maintenance::backup::backup;
use server::maintenance::migrate_database::migrate_database;
use server::maintenance::restore::restore;
use server::tasks::postgres_analyze;
use server::time::clock::SystemClock;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// More than arrive in one batch, and in one look.
const MANY: usize = 12_000;
const A_FEW: Furniture = Furniture { shops: 3, responses: 2_500 };

/// The program itself.
fn tableside(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tableside"));
    command.args(words).env_remove("TABLESIDE_DATABASE");
    command
}

/// What it said, when it was refused.
fn sentence(output: &Output) -> String {
    assert!(!output.status.success(), "it was not refused");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.lines().count(), 1, "more or less than one sentence: {text:?}");
    text
}

/// One address of each kind, both empty.
async fn both(folder: &Folder, name: &str) -> [String; 2] {
    [folder.sqlite(name), postgres().await]
}

// ── Who may be at work ────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_second_collector_on_the_same_file_is_refused_in_one_sentence() {
    let folder = Folder::new();
    let address = folder.sqlite("tableside.db");
    let first = db::open(&address).await.unwrap();
    // By whatever name it calls the file.
    std::os::unix::fs::symlink(folder.file("tableside.db"), folder.file("other.db")).unwrap();
    for name in ["tableside.db", "other.db", "./tableside.db"] {
        let second = tableside(&["serve", "--listen", "127.0.0.1:0", "--database", &folder.sqlite(name)]);
        let said = sentence(&{ second }.output().unwrap());
        assert!(said.contains("another Tableside is at work"), "{said}");
        assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    }
    first.close().await;
    drop(first);
    db::open(&address).await.unwrap().close().await;
}

#[tokio::test]
async fn short_commands_work_beside_a_collector_and_moves_do_not() {
    let folder = Folder::new();
    for address in both(&folder, "tableside.db").await {
        let collector = db::open(&address).await.unwrap();
        let beside =
            tableside(&["shop", "add", "Kiln", "--origin", "https://a.example", "--database", &address]);
        assert!({ beside }.output().unwrap().status.success());
        let to = folder.sqlite("new.db");
        let said = sentence(&tableside(&["move", "--from", &address, "--to", &to]).output().unwrap());
        assert!(said.contains("at work"), "{said}");
        let said = sentence(&tableside(&["restore", "b.db", "--database", &address]).output().unwrap());
        assert!(said.contains("no database at b.db"), "{said}");
        collector.close().await;
    }
}

#[tokio::test]
async fn two_programs_that_start_at_once_on_a_new_file_do_not_trip_over_each_other() {
    let folder = Folder::new();
    for address in both(&folder, "tableside.db").await {
        let start = || {
            let words = ["shop", "list", "--database", &address];
            tableside(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let started: Vec<_> = (0..4).map(|_| start()).collect();
        for child in started {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

// ── What is opened ────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    const NEWER: &str = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
        values (9999, 'from the future', true, '', 0)";
    for address in both(&folder, "tableside.db").await {
        db::open(&address).await.unwrap().close().await;
        if address.starts_with("sqlite") {
            let newer = NEWER.replace("''", "x''");
            let mut c = SqliteConnection::connect(&address).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(newer)).execute(&mut c).await.unwrap();
        } else {
            let mut c = PgConnection::connect(&address).await.unwrap();
            sqlx::query(NEWER).execute(&mut c).await.unwrap();
        }
        let refused = db::open(&address).await.err().unwrap();
        assert!(matches!(refused, OpenError::Newer { there: 9999, .. }), "{refused}");
        assert!(refused.to_string().contains("written by a newer Tableside"), "{refused}");
    }
}

#[tokio::test]
async fn before_an_upgrade_a_sqlite_file_is_copied_and_the_copy_holds_what_was_there() {
    let folder = Folder::new();
    let address = folder.sqlite("tableside.db");
    std::fs::write(folder.file("tableside.db"), "").unwrap();
    let mut old = SqliteConnection::connect(&address).await.unwrap();
    migrations::run_in_sqlite(&mut old, Some(1)).await.unwrap();
    sqlx::query("insert into shop (shop, name, settings, created_at_ms) values ('s', 'Kiln', '{}', 1)")
        .execute(&mut old)
        .await
        .unwrap();
    old.close().await.unwrap();

    db::open(&address).await.unwrap().close().await;
    let copy = folder.file("tableside.db.before-2");
    let mut copy = SqliteConnection::connect(&format!("sqlite://{}", copy.display())).await.unwrap();
    let name: String = sqlx::query_scalar("select name from shop").fetch_one(&mut copy).await.unwrap();
    assert_eq!(name, "Kiln");
    let steps: i64 =
        sqlx::query_scalar("select max(version) from _sqlx_migrations").fetch_one(&mut copy).await.unwrap();
    assert_eq!(steps, 1);

    // Once it is up to date there is nothing to be afraid of.
    db::open(&address).await.unwrap().close().await;
    assert!(!folder.file("tableside.db.before-2.2").exists());
    // And the first start ever has nothing to copy.
    db::open(&folder.sqlite("new.db")).await.unwrap().close().await;
    assert!(!folder.file("new.db.before-1").exists());
}

#[tokio::test]
async fn an_older_postgres_database_is_brought_up_to_date_where_it_stopped() {
    let address = postgres().await;
    let mut old = PgConnection::connect(&address).await.unwrap();
    migrations::run_in_postgres(&mut old, Some(4)).await.unwrap();
    old.close().await.unwrap();
    assert!(matches!(db::open_to_read(&address).await, Err(OpenError::Older)));
    db::open(&address).await.unwrap().close().await;
    db::open_to_read(&address).await.unwrap().close().await;
}

/// What is done by a step is done together with the note that it was taken, or not at all.
#[tokio::test]
async fn a_step_that_fails_in_its_middle_leaves_nothing_behind_and_is_taken_again() {
    let folder = Folder::new();
    // Some way into the fifth step, which makes other tables first.
    const IN_THE_WAY: &str = "create table mail_opt_out (shop text)";
    const OUT_OF_THE_WAY: &str = "drop table mail_opt_out";
    const MAIL: &str = "select count(*) from mail";
    const TAKEN: &str = "select max(version) from _sqlx_migrations";
    let [sqlite, postgres] = both(&folder, "tableside.db").await;
    std::fs::write(folder.file("tableside.db"), "").unwrap();
    let mut c = SqliteConnection::connect(&sqlite).await.unwrap();
    migrations::run_in_sqlite(&mut c, Some(3)).await.unwrap();
    sqlx::query(IN_THE_WAY).execute(&mut c).await.unwrap();
    assert!(matches!(migrations::run_in_sqlite(&mut c, None).await, Err(OpenError::Migrate(_))));
    assert_eq!(sqlx::query_scalar::<_, i64>(TAKEN).fetch_one(&mut c).await.unwrap(), 4);
    assert!(sqlx::query(MAIL).execute(&mut c).await.is_err());
    sqlx::query(OUT_OF_THE_WAY).execute(&mut c).await.unwrap();
    c.close().await.unwrap();
    let mut c = PgConnection::connect(&postgres).await.unwrap();
    migrations::run_in_postgres(&mut c, Some(3)).await.unwrap();
    sqlx::query(IN_THE_WAY).execute(&mut c).await.unwrap();
    assert!(matches!(migrations::run_in_postgres(&mut c, None).await, Err(OpenError::Migrate(_))));
    assert_eq!(sqlx::query_scalar::<_, i64>(TAKEN).fetch_one(&mut c).await.unwrap(), 4);
    assert!(sqlx::query(MAIL).execute(&mut c).await.is_err());
    sqlx::query(OUT_OF_THE_WAY).execute(&mut c).await.unwrap();
    c.close().await.unwrap();
    for address in [&sqlite, &postgres] {
        furnish(address, Furniture { shops: 1, responses: 1 }).await;
    }
}

/// A program whose file was changed after a release must not go on with tables that it does not know.
#[tokio::test]
async fn a_step_that_another_build_took_otherwise_is_noticed() {
    let folder = Folder::new();
    for address in both(&folder, "tableside.db").await {
        db::open(&address).await.unwrap().close().await;
        const SPOIL: &str = "update _sqlx_migrations set checksum = (select checksum from _sqlx_migrations \
            where version = 1) where version = 3";
        if address.starts_with("sqlite") {
            let mut c = SqliteConnection::connect(&address).await.unwrap();
            sqlx::query(SPOIL).execute(&mut c).await.unwrap();
        } else {
            let mut c = PgConnection::connect(&address).await.unwrap();
            sqlx::query(SPOIL).execute(&mut c).await.unwrap();
        }
        let refused = db::open(&address).await.err().unwrap();
        assert!(matches!(refused, OpenError::OtherStep(3)), "{refused}");
    }
}

#[tokio::test]
async fn a_damaged_file_or_one_of_somebody_else_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let text = folder.file("letter.db");
    std::fs::write(
        &text,
        "Dear Anna, this is a letter and has been one for more than a hundred bytes, \
        since that is how much of a file SQLite looks at before it makes up its mind.",
    )
    .unwrap();
    assert!(matches!(db::open(&folder.sqlite("letter.db")).await, Err(OpenError::NotOurs(_))));

    let other = folder.sqlite("other.db");
    std::fs::write(folder.file("other.db"), "").unwrap();
    let mut c = SqliteConnection::connect(&other).await.unwrap();
    sqlx::query("create table recipe (name text)").execute(&mut c).await.unwrap();
    c.close().await.unwrap();
    assert!(matches!(db::open(&other).await, Err(OpenError::NotOurs(_))));

    let address = folder.sqlite("tableside.db");
    furnish(&address, A_FEW).await;
    let file = folder.file("tableside.db");
    let whole = std::fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    for byte in flipped.iter_mut().skip(whole.len() / 2).take(8_192) {
        *byte ^= 0xff;
    }
    for damaged in [flipped, whole[..whole.len() / 3].to_vec()] {
        std::fs::write(&file, &damaged).unwrap();
        let refused = db::open(&address).await.err().unwrap();
        assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}");
        assert!(refused.to_string().contains("tableside restore"), "{refused}");
        assert_eq!(std::fs::read(&file).unwrap(), damaged);
    }
}

#[tokio::test]
async fn addresses_that_keep_nothing_are_refused() {
    for (address, sentence) in [
        ("tableside.db", "must begin with"),
        ("mysql://localhost/tableside", "must begin with"),
        ("sqlite://:memory:", "in memory keeps nothing"),
        ("sqlite:///tmp/x.db?mode=memory", "in memory keeps nothing"),
        ("sqlite:///there/is/no/such/folder/x.db", "there is no folder"),
        ("postgres://nobody@127.0.0.1:1/tableside", "could not be opened"),
    ] {
        let refused = db::open(address).await.err().unwrap().to_string();
        assert!(refused.contains(sentence), "{address}: {refused}");
    }
}

#[tokio::test]
async fn a_postgres_that_acknowledges_what_is_not_on_its_disk_is_refused() {
    let address = postgres().await;
    for (setting, fine) in [("off", false), ("local", true), ("remote_write", true), ("on", true)] {
        let and = if address.ends_with('?') { "" } else { "&" };
        let told = format!("{address}{and}options=-csynchronous_commit%3D{setting}");
        match db::open(&told).await {
            Ok(db) => {
                assert!(fine, "{setting} was let through");
                db.close().await;
            }
            Err(refused) => {
                assert!(!fine, "{setting}: {refused}");
                assert!(refused.to_string().contains("synchronous_commit = off"), "{refused}");
            }
        }
    }
}

/// Otherwise a table that somebody locked would heap up requests until there are no connections left.
#[tokio::test]
async fn a_locked_postgres_table_is_waited_for_three_seconds_and_no_longer() {
    let address = postgres().await;
    let db = db::open(&address).await.unwrap();
    let mut other = PgConnection::connect(&address).await.unwrap();
    let mut locked = other.begin().await.unwrap();
    sqlx::query("lock table user_account in access exclusive mode").execute(&mut *locked).await.unwrap();
    let since = std::time::Instant::now();
    assert!(db::users::count(&db).await.is_err());
    assert!(since.elapsed() > Duration::from_secs(2) && since.elapsed() < Duration::from_secs(5));
    locked.rollback().await.unwrap();
    assert_eq!(db::users::count(&db).await.unwrap(), 0);
    db.close().await;
}

/// A table that is not on the list would be lost by every move.
#[tokio::test]
async fn the_list_of_tables_is_the_tables_there_are() {
    let folder = Folder::new();
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

// ── Backup and restore ────────────────────────────────────────────────────────────────────────────────────────────

/// A plain copy of the file looks healthy and lacks what was still in the log beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_writing_holds_every_row_acknowledged_before_it_began() {
    let folder = Folder::new();
    for (n, address) in both(&folder, "tableside.db").await.into_iter().enumerate() {
        let db = db::open(&address).await.unwrap();
        furniture::shops(&db, 1).await;
        let (acknowledged, seen) = tokio::sync::watch::channel(0);
        let writer = tokio::spawn({
            let db = db.clone();
            async move {
                for id in 0.. {
                    furniture::response(&db, id).await;
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
    let folder = Folder::new();
    for (n, address) in both(&folder, "tableside.db").await.into_iter().enumerate() {
        furnish(&address, A_FEW).await;
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
    let folder = Folder::new();
    for (n, from) in both(&folder, "from.db").await.into_iter().enumerate() {
        furnish(&from, A_FEW).await;
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
    let folder = Folder::new();
    let from = folder.sqlite("from.db");
    furnish(&from, A_FEW).await;
    let file = folder.file("backup.db");
    backup(&from, &file).await.unwrap();
    for to in both(&folder, "to.db").await {
        furnish(&to, Furniture { shops: 1, responses: 0 }).await;
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
    let folder = Folder::new();
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
    let folder = Folder::new();
    let from = folder.sqlite("from.db");
    furnish(&from, A_FEW).await;
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
    furniture::response(&running, 999_999).await;
    let refused = restore(&folder.file("from.db"), &to, false, &SystemClock).await;
    assert!(matches!(refused, Err(MaintenanceError::Open(OpenError::InUseNotBackup(_)))), "{refused:?}");
    assert!(!folder.file("to.db").exists());
    running.close().await;
}

// ── Moving ────────────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_move_there_and_back_gives_equal_rows() {
    let folder = Folder::new();
    let first = folder.sqlite("first.db");
    furnish(&first, A_FEW).await;
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
async fn a_move_that_was_cut_off_goes_on_and_nobody_serves_the_half_of_it() {
    let folder = Folder::new();
    let [sqlite, pg] = both(&folder, "from.db").await;
    furnish(&sqlite, Furniture { shops: 4, responses: MANY }).await;
    furnish(&folder.sqlite("another.db"), Furniture { shops: 1, responses: 1 }).await;
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
    let folder = Folder::new();
    let [from, to] = both(&folder, "from.db").await;
    furnish(&from, A_FEW).await;
    // As if a first attempt had brought the shops and been cut off, and one was renamed since.
    let target = db::open_to_fill(&to).await.unwrap();
    let source = db::open(&from).await.unwrap();
    let work = MaintenanceJob { work: "move".to_owned(), source: db::shown(&from).unwrap() };
    let mut tx = target.begin().await.unwrap();
    maintenance_job::start(&mut tx, &work, 1).await.unwrap();
    raw_rows::insert(&mut tx, &TABLES[0], &dump(&source, "shop").await).await.unwrap();
    tx.commit().await.unwrap();
    target.close().await;
    furniture::rename_a_shop(&source).await;
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
    let folder = Folder::new();
    let [from, to] = both(&folder, "from.db").await;
    furnish(&from, A_FEW).await;
    furnish(&to, Furniture { shops: 1, responses: 1 }).await;
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

/// The link that a first start prints is nothing that anybody would miss.
#[tokio::test]
async fn a_collector_that_was_only_started_once_left_an_empty_database() {
    let folder = Folder::new();
    let [from, to] = both(&folder, "from.db").await;
    furnish(&from, A_FEW).await;
    let target = db::open(&to).await.unwrap();
    let mut tx = target.begin().await.unwrap();
    db::sessions::insert_one_time_link(&mut tx, "the first link", None, 1, 2).await.unwrap();
    tx.commit().await.unwrap();
    target.close().await;
    migrate_database(&from, &to, false, &SystemClock).await.unwrap();
}

// ── What PostgreSQL knows of its tables ───────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_new_postgres_is_told_to_look_at_its_tables_once_there_is_something_in_them() {
    let address = postgres().await;
    let db = db::open(&address).await.unwrap();
    assert!(!postgres_analyze::analyze(&db).await.unwrap(), "there is nothing yet");
    furnish(&address, A_FEW).await;
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
    let sqlite = Folder::new();
    let sqlite = db::open(&sqlite.sqlite("tableside.db")).await.unwrap();
    assert!(postgres_analyze::analyze(&sqlite).await.unwrap(), "SQLite need not know");
}
