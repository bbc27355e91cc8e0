//! Who tells in the end: compares what visitors know to be stored with what is stored.

use crate::ledger::Known;
use crate::visitor::REASONS;
use anyhow::{Context as _, Result};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::path::Path;

/// What is stored.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Id and rating of every response.
    pub(crate) responses: Vec<(String, i64)>,
    /// How many reasons lie beside each response.
    pub(crate) reasons: HashMap<String, i64>,
    /// The counts that are kept, by rating.
    pub(crate) counts: BTreeMap<i64, i64>,
    /// Whether they are: what was brought back is counted by the collector that serves it next.
    pub(crate) are_counts_kept: bool,
    /// What the database itself says about its health, if it is not well.
    pub(crate) damage: Option<String>,
}

/// What the comparison gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Requests that were acknowledged.
    pub(crate) acknowledged: u64,
    /// Acknowledged requests whose effect is not there.
    pub(crate) lost: u64,
    /// Rows too many.
    pub(crate) doubled: u64,
    /// Anything else that must not be, in sentences.
    pub(crate) wrong: Vec<String>,
}

impl Findings {
    /// Adds up what several looks gave.
    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.wrong.extend(other.wrong);
        self.wrong.dedup();
    }

    /// Whether nothing is lost, doubled or wrong.
    pub(crate) fn is_fine(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.wrong.is_empty()
    }
}

/// What must be there if one looks between two readings of the ledger: what was acknowledged before, of what was sent
/// until after.
pub(crate) fn between(
    before: &HashMap<String, Known>,
    after: HashMap<String, Known>,
) -> HashMap<String, Known> {
    let mut both = after;
    for (id, known) in &mut both {
        let Known { acknowledged, recorded_bytes, .. } = before.get(id).cloned().unwrap_or_default();
        *known = Known { sent: std::mem::take(&mut known.sent), acknowledged, recorded_bytes };
    }
    both
}

/// Compares. `recorded_bytes` says how much of the disk's recording had happened, [`u64::MAX`] for all of it.
pub(crate) fn compare(ledger: &HashMap<String, Known>, kept: &Kept, recorded_bytes: u64) -> Findings {
    let mut findings = Findings::default();
    let mut ratings: HashMap<&str, i64> = HashMap::new();
    for (id, rating) in &kept.responses {
        if ratings.insert(id, *rating).is_some() {
            findings.doubled += 1;
        }
    }
    let invented = ratings.keys().filter(|id| !ledger.contains_key(**id)).count();
    for (id, known) in ledger {
        let steps = known.acknowledged_at(recorded_bytes);
        findings.acknowledged += u64::try_from(steps).unwrap_or_default();
        match ratings.get(id.as_str()) {
            None => findings.lost += u64::try_from(steps).unwrap_or_default(),
            // What was sent after the last acknowledged step may be there already, or not yet.
            Some(rating) if known.sent[steps.saturating_sub(1)..].contains(rating) => {}
            Some(_) => findings.lost += 1,
        }
    }
    let mut wrong = |count: usize, what: &str| {
        if count > 0 {
            findings.wrong.push(format!("{count} {what}"));
        }
    };
    wrong(invented, "responses are stored that no visitor sent");
    let halves = kept.responses.iter().filter(|(id, _)| kept.reasons.get(id) != Some(&REASONS)).count();
    wrong(halves, "responses are stored without all of their reasons");
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, rating) in &kept.responses {
        *counts.entry(*rating).or_default() += 1;
    }
    let told: BTreeMap<i64, i64> =
        kept.counts.iter().filter(|(_, n)| **n != 0).map(|(r, n)| (*r, *n)).collect();
    if counts != told && kept.are_counts_kept {
        findings.wrong.push(format!("the kept counts say {told:?}, the responses are {counts:?}"));
    }
    if let Some(damage) = &kept.damage {
        findings.wrong.push(format!("the database is damaged: {damage}"));
    }
    findings
}

const RESPONSES: &str = "select id, cast(rating as bigint) from response";
const REASON_COUNTS: &str = "select response, count(*) from response_reason group by response";
const ARE_KEPT: &str = "select exists (select 1 from counter_rollup)";
const COUNTS: &str = "select cast(rating as bigint), cast(sum(n) as bigint) from \
     (select metric, span_days, 1 as rating, r1 as n from daily_counter \
     union all select metric, span_days, 2, r2 from daily_counter \
     union all select metric, span_days, 3, r3 from daily_counter \
     union all select metric, span_days, 4, r4 from daily_counter \
     union all select metric, span_days, 5, r5 from daily_counter) as c \
     where metric = 'all' and span_days = 1 group by rating";

/// Everything as it is at one moment, also while a collector writes.
macro_rules! read_all {
    ($connection:expr, $begin:literal) => {{
        sqlx::query($begin).execute(&mut $connection).await?;
        let kept = Kept {
            responses: sqlx::query_as(RESPONSES).fetch_all(&mut $connection).await?,
            reasons: sqlx::query_as::<_, (String, i64)>(REASON_COUNTS)
                .fetch_all(&mut $connection)
                .await?
                .into_iter()
                .collect(),
            counts: sqlx::query_as::<_, (i64, i64)>(COUNTS)
                .fetch_all(&mut $connection)
                .await?
                .into_iter()
                .collect(),
            are_counts_kept: sqlx::query_scalar(ARE_KEPT).fetch_one(&mut $connection).await?,
            damage: None,
        };
        sqlx::query("commit").execute(&mut $connection).await?;
        kept
    }};
}

/// Reads an SQLite file, letting SQLite recover it first if it has to.
pub(crate) fn read_sqlite(file: &Path) -> Result<Kept> {
    wait_for(async {
        let mut connection = open(file).await?;
        let damage = health(&mut connection).await?;
        let mut kept = read_all!(connection, "begin");
        kept.damage = damage;
        connection.close().await?;
        anyhow::Ok(kept)
    })
    .with_context(|| format!("cannot read {}", file.display()))
}

/// Reads a PostgreSQL database.
pub(crate) fn read_postgres(address: &str) -> Result<Kept> {
    wait_for(async {
        let mut connection = PgConnection::connect(address).await?;
        let kept = read_all!(connection, "begin isolation level repeatable read read only");
        connection.close().await?;
        Ok(kept)
    })
}

/// Opens an SQLite file that is there, without waiting for the disk: what is read here need not last.
pub(crate) async fn open(file: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .pragma("synchronous", "OFF")
        .busy_timeout(std::time::Duration::from_secs(10));
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// What SQLite finds when it looks at everything, if it is not well.
pub(crate) async fn health(connection: &mut SqliteConnection) -> Result<Option<String>> {
    let said: Vec<String> =
        sqlx::query_scalar("pragma integrity_check(3)").fetch_all(&mut *connection).await?;
    if said != ["ok"] {
        return Ok(Some(said.join("; ")));
    }
    let orphans = sqlx::query("pragma foreign_key_check").fetch_all(connection).await?;
    Ok((!orphans.is_empty()).then(|| format!("{} rows belong to nothing", orphans.len())))
}

/// Runs something that waits for a database.
pub(crate) fn wait_for<T>(what: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(responses: &[(&str, i64)]) -> Kept {
        let mut kept = Kept { are_counts_kept: true, ..Kept::default() };
        for (id, rating) in responses {
            kept.responses.push(((*id).to_owned(), *rating));
            kept.reasons.insert((*id).to_owned(), REASONS);
            *kept.counts.entry(*rating).or_default() += 1;
        }
        kept
    }

    fn ledger() -> HashMap<String, Known> {
        let known = |sent: &[i64], marks: &[u64]| Known {
            sent: sent.to_vec(),
            acknowledged: marks.len(),
            recorded_bytes: marks.to_vec(),
        };
        [
            ("a".to_owned(), known(&[5], &[10])),
            ("b".to_owned(), known(&[1, 4], &[20, 30])),
            ("c".to_owned(), known(&[2], &[])),
        ]
        .into()
    }

    #[test]
    fn nothing_is_wrong_when_everything_acknowledged_is_there_once() {
        for fine in [&[("a", 5), ("b", 4)][..], &[("a", 5), ("b", 4), ("c", 2)]] {
            let findings = compare(&ledger(), &kept(fine), u64::MAX);
            assert_eq!(findings, Findings { acknowledged: 3, ..Findings::default() });
        }
    }

    #[test]
    fn what_is_missing_is_lost_but_only_once_it_was_acknowledged() {
        let findings = compare(&ledger(), &kept(&[("b", 4)]), u64::MAX);
        assert_eq!((findings.acknowledged, findings.lost), (3, 1));
        let findings = compare(&ledger(), &kept(&[]), 9);
        assert_eq!((findings.acknowledged, findings.lost), (0, 0));
        let findings = compare(&ledger(), &kept(&[("a", 5)]), 20);
        assert_eq!((findings.acknowledged, findings.lost), (2, 1));
    }

    #[test]
    fn what_is_sent_while_one_looks_may_be_there_or_not() {
        let both = between(&HashMap::new(), ledger());
        for fine in [&[][..], &[("a", 5), ("b", 1), ("c", 2)]] {
            assert_eq!(compare(&both, &kept(fine), u64::MAX), Findings::default());
        }
    }

    #[test]
    fn an_acknowledged_change_that_is_not_there_is_lost() {
        let findings = compare(&ledger(), &kept(&[("a", 5), ("b", 1)]), u64::MAX);
        assert_eq!(findings.lost, 1);
        assert!(compare(&ledger(), &kept(&[("a", 5), ("b", 1)]), 20).is_fine());
    }

    #[test]
    fn rows_too_many_counts_that_do_not_fit_and_halves_are_seen() {
        assert_eq!(compare(&ledger(), &kept(&[("a", 5), ("a", 5), ("b", 4)]), u64::MAX).doubled, 1);
        let mut odd = kept(&[("a", 5), ("b", 4), ("z", 3)]);
        odd.reasons.remove("a");
        odd.counts.insert(5, 7);
        odd.damage = Some("page 3".to_owned());
        assert_eq!(compare(&ledger(), &odd, u64::MAX).wrong.len(), 4);
    }
}
