//! The steps that bring the tables up to date: forward only, one statement each.

use crate::db::open::OpenError;
use sqlx::migrate::{AppliedMigration, Migrate, Migrator};
use std::sync::LazyLock;

/// One text for both databases, nearly always.
static OF_BOTH: Migrator = sqlx::migrate!("./migrations");

/// All steps of SQLite, in order. Each is a transaction of its own, so that a program that is killed in between goes on
/// where it stopped.
pub(crate) static OF_SQLITE: LazyLock<Migrator> =
    LazyLock::new(|| together(sqlx::migrate!("./migrations/sqlite")));

/// The same for PostgreSQL: as many, under the same numbers.
pub(crate) static OF_POSTGRES: LazyLock<Migrator> =
    LazyLock::new(|| together(sqlx::migrate!("./migrations/postgres")));

fn together(own: Migrator) -> Migrator {
    Migrator::with_migrations(OF_BOTH.iter().chain(own.iter()).cloned().collect())
}

/// Where the steps taken are written down.
pub(crate) const TAKEN: &str = "_sqlx_migrations";

/// The first step that was not taken yet. `is_begun` tells whether any was.
///
/// # Errors
/// [`OpenError::Newer`] if one was taken that is not known here; [`OpenError::OtherStep`] if one has changed since.
pub(crate) async fn first_pending<C: Migrate>(
    connection: &mut C,
    steps: &Migrator,
    is_begun: bool,
) -> Result<Option<i64>, OpenError> {
    let taken = if is_begun { connection.list_applied_migrations(TAKEN).await? } else { Vec::new() };
    judge(&taken, steps)
}

fn judge(taken: &[AppliedMigration], steps: &Migrator) -> Result<Option<i64>, OpenError> {
    let known = steps.iter().map(|s| s.version).max().unwrap_or_default();
    for step in taken {
        match steps.iter().find(|s| s.version == step.version) {
            None => return Err(OpenError::Newer { there: step.version, known }),
            Some(s) if s.checksum != step.checksum => return Err(OpenError::OtherStep(step.version)),
            Some(_) => {}
        }
    }
    Ok(steps.iter().map(|s| s.version).find(|version| taken.iter().all(|t| t.version != *version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(versions: impl IntoIterator<Item = i64>) -> Vec<AppliedMigration> {
        let checksum = |version| OF_SQLITE.iter().find(|s| s.version == version).map(|s| s.checksum.clone());
        let step =
            |version| AppliedMigration { version, checksum: checksum(version).unwrap_or(vec![1].into()) };
        versions.into_iter().map(step).collect()
    }

    #[test]
    fn a_database_tells_its_age_by_the_steps_it_took() {
        let newest = OF_SQLITE.iter().map(|s| s.version).max().unwrap();
        assert_eq!(judge(&[], &OF_SQLITE).unwrap(), Some(1));
        assert_eq!(judge(&taken(1..=3), &OF_SQLITE).unwrap(), Some(4));
        assert_eq!(judge(&taken(1..=newest), &OF_SQLITE).unwrap(), None);
        let newer = judge(&taken(1..=newest + 1), &OF_SQLITE).unwrap_err();
        assert!(matches!(newer, OpenError::Newer { there, known } if there == newest + 1 && known == newest));
    }

    #[test]
    fn a_step_that_changed_since_it_was_taken_is_noticed() {
        let mut steps = taken(1..=2);
        steps[1].checksum = vec![0].into();
        assert!(matches!(judge(&steps, &OF_SQLITE), Err(OpenError::OtherStep(2))));
    }

    /// Citus refuses an index inside a longer message, and a step cut off in its middle could not be repeated.
    #[test]
    fn every_step_is_one_statement() {
        for step in OF_SQLITE.iter().chain(OF_POSTGRES.iter()) {
            let text: Vec<&str> =
                step.sql.as_str().lines().filter(|l| !l.trim_start().starts_with("--")).collect();
            let ends = text.join("\n").trim_end().trim_end_matches(';').matches(';').count();
            assert_eq!(ends, 0, "step {} has more than one statement", step.version);
        }
    }

    /// Otherwise a database would look newer or older than it is after a move.
    #[test]
    fn both_databases_have_the_same_steps() {
        let versions = |steps: &Migrator| steps.iter().map(|s| s.version).collect::<Vec<_>>();
        let all = versions(&OF_SQLITE);
        assert_eq!(all, versions(&OF_POSTGRES));
        assert_eq!(all, (1..=i64::try_from(all.len()).unwrap()).collect::<Vec<_>>());
    }
}
