//! Schema migrations: `server/migrations/*.sql`, one file a step, forward only.
//!
//! A step is one transaction, in which its statements are sent one by one: Citus refuses some of them in a longer
//! message. A program that is killed continues with the step it did not finish. sqlx embeds the files and keeps the
//! table of the steps taken.

use crate::db::old_schema;
use crate::db::open::OpenError;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};
use std::sync::LazyLock;

static FILES: Migrator = sqlx::migrate!("./migrations");

pub static OF_SQLITE: LazyLock<Vec<Step>> = LazyLock::new(|| steps("sqlite"));

/// As many steps as SQLite has, under the same numbers.
pub static OF_POSTGRES: LazyLock<Vec<Step>> = LazyLock::new(|| steps("postgres"));

/// The table of the steps taken, as sqlx names it.
pub(crate) const TAKEN: &str = "_sqlx_migrations";

#[derive(Debug)]
pub struct Step {
    /// The row in the table of the steps taken. Its checksum covers the statements only, so that comments of a file
    /// can be mended after a release.
    record: Migration,
    statements: Vec<String>,
}

fn steps(database: &str) -> Vec<Step> {
    let step = |file: &Migration| {
        let statements = statements(file.sql.as_str(), database);
        let sql = AssertSqlSafe(statements.join(";\n")).into_sql_str();
        let description = file.description.clone();
        Step {
            record: Migration::new(file.version, description, MigrationType::Simple, sql, false),
            statements,
        }
    };
    FILES.iter().map(step).collect()
}

fn statements(file: &str, database: &str) -> Vec<String> {
    let (mut statements, mut statement) = (Vec::new(), String::new());
    let mut quote = None;
    for line in for_database(file, database) {
        let mut characters = line.chars().peekable();
        while let Some(c) = characters.next() {
            match (quote, c) {
                (None, '-') if characters.peek() == Some(&'-') => break,
                (None, ';') => {
                    statements.push(normalize(&statement));
                    statement.clear();
                    continue;
                }
                (None, '\'' | '"') => quote = Some(c),
                (Some(open), _) if open == c => quote = None,
                _ => {}
            }
            statement.push(c);
        }
        statement.push('\n');
    }
    statements.push(normalize(&statement));
    statements.retain(|statement| !statement.is_empty());
    statements
}

fn for_database<'a>(file: &'a str, database: &'a str) -> impl Iterator<Item = &'a str> {
    let mut only_for = None;
    file.lines().filter(move |line| {
        if let Some(mark) = mark(line) {
            only_for = (mark != "end").then_some(mark);
        }
        only_for.is_none_or(|only| only == database)
    })
}

/// `sqlite` of the line `-- [sqlite]`.
fn mark(line: &str) -> Option<&str> {
    line.trim().strip_prefix("-- [")?.strip_suffix(']')
}

fn normalize(statement: &str) -> String {
    let lines = statement.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// `is_begun` tells whether any step was taken.
///
/// # Errors
/// [`OpenError::OldSchema`] if the steps are those of the old schema; [`OpenError::Newer`] if an unknown step was
/// taken; [`OpenError::OtherStep`] if a step has changed since it was taken.
pub(crate) async fn first_pending<C: Migrate>(
    connection: &mut C,
    steps: &[Step],
    is_begun: bool,
) -> Result<Option<i64>, OpenError> {
    let taken = if is_begun { connection.list_applied_migrations(TAKEN).await? } else { Vec::new() };
    Ok(pending(&taken, steps)?.map(|step| step.record.version))
}

fn pending<'s>(taken: &[AppliedMigration], steps: &'s [Step]) -> Result<Option<&'s Step>, OpenError> {
    if taken.iter().any(|t| t.version == 1 && old_schema::is_first_step(&t.checksum)) {
        return Err(OpenError::OldSchema);
    }
    let known = steps.iter().map(|s| s.record.version).max().unwrap_or_default();
    for taken in taken {
        match steps.iter().find(|s| s.record.version == taken.version) {
            None => return Err(OpenError::Newer { there: taken.version, known }),
            Some(step) if step.record.checksum != taken.checksum => {
                return Err(OpenError::OtherStep(taken.version));
            }
            Some(_) => {}
        }
    }
    Ok(steps.iter().find(|step| taken.iter().all(|t| t.version != step.record.version)))
}

/// Takes the steps up to `$last`, or all. On PostgreSQL other programs wait for sqlx's advisory lock; on SQLite the
/// caller holds the lock of the file.
macro_rules! run {
    ($connection:expr, $steps:expr, $last:expr) => {{
        $connection.lock().await?;
        $connection.ensure_migrations_table(TAKEN).await?;
        if let Some(step) = $connection.dirty_version(TAKEN).await? {
            return Err(MigrateError::Dirty(step).into());
        }
        loop {
            // Read again each time: another program may have taken the step while this one waited.
            let taken = $connection.list_applied_migrations(TAKEN).await?;
            let Some(Step { record, statements }) = pending(&taken, $steps)? else { break };
            if $last.is_some_and(|last| record.version > last) {
                break;
            }
            let mut tx = $connection.begin().await?;
            for statement in statements {
                let done = sqlx::raw_sql(AssertSqlSafe(statement.as_str())).execute(&mut *tx).await;
                done.map_err(|cause| MigrateError::ExecuteMigration(cause, record.version))?;
            }
            // "Skip" records the step without running it, which was just done.
            tx.skip(TAKEN, record).await?;
            tx.commit().await?;
        }
        $connection.unlock().await?;
        Ok(())
    }};
}

/// Up to `last`, or all.
pub async fn run_in_sqlite(connection: &mut SqliteConnection, last: Option<i64>) -> Result<(), OpenError> {
    run!(connection, &OF_SQLITE, last)
}

/// Up to `last`, or all.
pub async fn run_in_postgres(connection: &mut PgConnection, last: Option<i64>) -> Result<(), OpenError> {
    run!(connection, &OF_POSTGRES, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::schema::TABLES;

    fn taken(versions: impl IntoIterator<Item = i64>) -> Vec<AppliedMigration> {
        let step = |version| OF_SQLITE.iter().map(|s| &s.record).find(|r| r.version == version);
        let checksum = |version| step(version).map_or(vec![1].into(), |record| record.checksum.clone());
        versions
            .into_iter()
            .map(|version| AppliedMigration { version, checksum: checksum(version) })
            .collect()
    }

    fn next(taken: &[AppliedMigration]) -> Result<Option<i64>, OpenError> {
        Ok(pending(taken, &OF_SQLITE)?.map(|step| step.record.version))
    }

    #[test]
    fn a_database_tells_its_age_by_the_steps_it_took() {
        let newest = OF_SQLITE.iter().map(|s| s.record.version).max().unwrap();
        assert_eq!(next(&[]).unwrap(), Some(1));
        assert_eq!(next(&taken(1..=3)).unwrap(), Some(4));
        assert_eq!(next(&taken(1..=newest)).unwrap(), None);
        let newer = next(&taken(1..=newest + 1)).unwrap_err();
        assert!(matches!(newer, OpenError::Newer { there, known } if there == newest + 1 && known == newest));
    }

    #[test]
    fn a_step_that_changed_since_it_was_taken_is_noticed() {
        let mut steps = taken(1..=2);
        steps[1].checksum = vec![0].into();
        assert!(matches!(next(&steps), Err(OpenError::OtherStep(2))));
    }

    #[test]
    fn a_file_is_taken_apart_into_statements_for_each_database() {
        let file = "-- A table; of \"words\".\ncreate table word (\n  word text -- it's a key\n-- [sqlite]\n  , n integer\n\
            -- [end]\n);\n\ninsert into word values ('a;b--c', \"d;\");\n-- [postgres]\nselect 1;\n-- [end]\n";
        let words = "insert into word values ('a;b--c', \"d;\")";
        let table = "create table word (\n  word text\n  , n integer\n)";
        assert_eq!(statements(file, "sqlite"), [table, words]);
        assert_eq!(statements(file, "postgres"), ["create table word (\n  word text\n)", words, "select 1"]);
    }

    /// A comment that is mended after a release must not make a database look like another build's.
    #[test]
    fn comments_are_no_part_of_a_step() {
        let with = "-- One.\nselect 1; -- two\n\n";
        assert_eq!(statements(with, "sqlite"), statements("select 1;\n", "sqlite"));
    }

    /// Citus refuses an index inside a longer message.
    #[test]
    fn every_statement_of_a_step_is_one_statement() {
        for step in OF_SQLITE.iter().chain(OF_POSTGRES.iter()) {
            assert!(!step.statements.is_empty(), "step {} does nothing", step.record.version);
            for statement in &step.statements {
                let begins = ["create ", "insert ", "alter ", "drop ", "update ", "delete "];
                assert!(begins.iter().any(|word| statement.starts_with(word)), "{statement}");
                assert!(!statement.contains(" trigger ") && !statement.contains("$$"), "{statement}");
                assert_eq!(statement.matches('(').count(), statement.matches(')').count(), "{statement}");
            }
        }
    }

    /// A misspelt mark would hide what follows from both databases.
    #[test]
    fn what_is_for_one_database_is_marked_from_beginning_to_end() {
        for file in FILES.iter() {
            let marks: Vec<&str> = file.sql.as_str().lines().filter_map(mark).collect();
            for pair in marks.chunks(2) {
                assert!(matches!(pair, ["sqlite" | "postgres", "end"]), "{}: {pair:?}", file.description);
            }
        }
    }

    /// Otherwise a database would look newer or older than it is after a move.
    #[test]
    fn both_databases_have_the_same_steps() {
        let versions = |steps: &[Step]| steps.iter().map(|s| s.record.version).collect::<Vec<_>>();
        let all = versions(&OF_SQLITE);
        assert_eq!(all, versions(&OF_POSTGRES));
        assert_eq!(all, (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    }

    #[test]
    fn every_table_is_explained_where_it_is_made() {
        for table in &TABLES {
            let begins = format!("create table {} (", table.name);
            let of = |file: &&Migration| file.sql.as_str().lines().any(|line| line == begins);
            let file = FILES.iter().find(of).unwrap_or_else(|| panic!("{} is made in no file", table.name));
            let before = file.sql.as_str().lines().take_while(|line| *line != begins).last();
            assert!(before.is_some_and(|line| line.starts_with("-- ")), "{} is not explained", table.name);
        }
    }
}
