//! Opening a database: migrations, versions, damage, and addresses that are refused.

use crate::fixtures::{AllTables, fill};
use crate::tempdb::postgres;
use crate::{A_FEW, both};
use server::db::open::migrations;
use server::db::{self, OpenError};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::time::Duration;
use testkit::tempdir::TempDir;

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = TempDir::new("server-tests").unwrap();
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
    let folder = TempDir::new("server-tests").unwrap();
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
    let folder = TempDir::new("server-tests").unwrap();
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
        fill(address, AllTables { shops: 1, responses: 1 }).await;
    }
}

/// A program whose file was changed after a release must not go on with tables that it does not know.
#[tokio::test]
async fn a_step_that_another_build_took_otherwise_is_noticed() {
    let folder = TempDir::new("server-tests").unwrap();
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
async fn a_damaged_file_or_one_of_another_program_is_refused_and_left_as_it_is() {
    let folder = TempDir::new("server-tests").unwrap();
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
    fill(&address, A_FEW).await;
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

/// Otherwise requests for a locked table would pile up until there are no connections left.
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
