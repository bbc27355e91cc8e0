//! Stored rows survive backups, moves, upgrades, and a second program on the same file.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends it")]

mod backup;
#[path = "../fixtures/mod.rs"]
mod fixtures;
mod instances;
mod migrate_database;
mod opening;
mod tables;
#[path = "../tempdb/mod.rs"]
mod tempdb;

use fixtures::AllTables;
use std::process::{Command, Output};
use tempdb::postgres;
use testkit::tempdir::TempDir;

/// More than arrive in one batch, and in one look.
const MANY: usize = 12_000;
const A_FEW: AllTables = AllTables { shops: 3, responses: 2_500 };

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
async fn both(folder: &TempDir, name: &str) -> [String; 2] {
    [folder.sqlite(name), postgres().await]
}
