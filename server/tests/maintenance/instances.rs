//! Several programs on one database.

use crate::{both, sentence, tableside};
use server::db::{self};
use std::process::Stdio;
use testkit::tempdir::TempDir;

#[tokio::test]
async fn a_second_collector_on_the_same_file_is_refused_in_one_sentence() {
    let folder = TempDir::new("server-tests").unwrap();
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
    let folder = TempDir::new("server-tests").unwrap();
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
    let folder = TempDir::new("server-tests").unwrap();
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
