//! What the collector should reach, and whether it did.

use crate::burst::CLIENTS as BURST;
use crate::figures::Tally;
use crate::rounds::Contestant;
use crate::rows::Rows;
use crate::sockets::Held;
use anyhow::Result;

/// One target, and what was found.
pub(crate) struct TargetResult {
    /// What it is about.
    pub(crate) what: String,
    /// What was found.
    pub(crate) found: String,
    /// What was wanted.
    pub(crate) wanted: String,
    /// By how much it was missed; empty if it was reached.
    pub(crate) missed_by: String,
    /// Whether it was reached.
    pub(crate) is_reached: bool,
    /// Whether missing it is a fault, however busy the machine is.
    pub(crate) is_grave: bool,
}

/// Those who ran on one database.
pub(crate) struct Comparison<'a> {
    /// Which.
    pub(crate) database: &'static str,
    /// The ceiling.
    pub(crate) echo: &'a Contestant,
    /// The plain insert.
    pub(crate) insert_per_request: &'a Contestant,
    /// The collector.
    pub(crate) collector: &'a Contestant,
}

impl Comparison<'_> {
    fn of_echo(&self, clients: usize, bar: f64) -> TargetResult {
        let ratio = self.collector.middle(clients).per_second / self.echo.middle(clients).per_second;
        at_least(format!("{}, {clients} clients: of the echo's rate", self.database), ratio, bar, "")
    }

    fn times_insert_per_request(&self, clients: usize, bar: f64) -> TargetResult {
        let ratio =
            self.collector.middle(clients).per_second / self.insert_per_request.middle(clients).per_second;
        at_least(format!("{}, {clients} clients: times the plain insert", self.database), ratio, bar, "×")
    }
}

/// The targets on SQLite. `uncounted` is the collector without the rows of its counts.
///
/// # Errors
/// Never at present.
pub(crate) fn sqlite(comparison: &Comparison<'_>, uncounted: &Contestant) -> Result<Vec<TargetResult>> {
    let counts = 1.0 - comparison.collector.middle(64).per_second / uncounted.middle(64).per_second;
    let more = comparison.collector.middle(1).p50_ms - comparison.insert_per_request.middle(1).p50_ms;
    Ok(vec![
        comparison.of_echo(64, 0.20),
        comparison.times_insert_per_request(64, 10.0),
        comparison.of_echo(256, 0.40),
        at_most("SQLite, 1 client: p50 over the plain insert's", more, 0.3, " ms"),
        at_most("SQLite, 64 clients: what counts cost of the rate", counts * 100.0, 35.0, " %"),
        at_most("SQLite, 64 clients: p99", comparison.collector.middle(64).p99_ms, 15.0, " ms"),
    ])
}

/// The targets on PostgreSQL. "Not slower" leaves five percent to the measuring.
///
/// # Errors
/// Never at present.
pub(crate) fn postgres(comparison: &Comparison<'_>, two: &Contestant) -> Result<Vec<TargetResult>> {
    let two = two.middle(64).per_second / comparison.collector.middle(64).per_second;
    Ok(vec![
        comparison.of_echo(64, 0.10),
        comparison.times_insert_per_request(64, 2.0),
        at_least("PostgreSQL, 64 clients: two collectors, times one", two, 0.95, "×"),
    ])
}

/// Memory under load.
pub(crate) fn full_load(peak_mb: f64) -> TargetResult {
    at_most("memory under full load, at most", peak_mb, 48.0, " MB")
}

/// Every request of a burst is answered, and soon.
pub(crate) fn burst(bursts: &[Tally]) -> TargetResult {
    let slowest = bursts.iter().map(|b| b.clone().figures().max_ms).fold(0.0, f64::max);
    let unanswered: u64 = bursts.iter().map(|b| b.bad + b.broken).sum();
    let turned_away: u64 = bursts.iter().map(|b| b.turned_away).sum();
    let mut result = at_most(format!("{BURST} clients at once, slowest answer"), slowest, 2_000.0, " ms");
    result.found.push_str(&format!(" ({turned_away} told to come back, {unanswered} without an answer)"));
    if unanswered > 0 {
        result.is_reached = false;
        result.missed_by = format!("{unanswered} without an answer");
    }
    result
}

/// Memory and answers while sockets are held.
pub(crate) fn sockets(held: &Held) -> Vec<TargetResult> {
    let [idle, slow] = held.let_in;
    let [idle_asked, slow_asked] = held.asked;
    let who = format!("{idle_asked} idle sockets and {slow_asked} slow bodies");
    let mut memory = at_most(format!("memory with {who}"), held.memory.peak, 128.0, " MB");
    memory.found.push_str(&format!(" ({idle} and {slow} were let in, {} of the idle kept)", held.kept));
    let mut honest = at_most(format!("honest p99 beside {who}"), held.honest.p99_ms, 200.0, " ms");
    if held.honest.not_good > 0 || held.good == 0 {
        honest.is_reached = false;
        honest.missed_by =
            format!("{} honest requests failed, {} were fine", held.honest.not_good, held.good);
    }
    vec![memory, honest]
}

/// The start.
pub(crate) fn start(ready_ms: f64, idle_mb: f64) -> Vec<TargetResult> {
    vec![
        at_most("from start to ready, existing database", ready_ms, 100.0, " ms"),
        at_most("memory with nothing to do", idle_mb, 16.0, " MB"),
    ]
}

/// An owner waits for no page of the inbox.
pub(crate) fn inbox(slowest_p99_ms: f64, peak_mb: f64) -> Vec<TargetResult> {
    vec![
        at_most("the slowest list or search of the inbox, p99", slowest_p99_ms, 50.0, " ms"),
        at_most("memory after that", peak_mb, 64.0, " MB"),
    ]
}

/// Open streams take nothing from visitors who send.
pub(crate) fn streams(memory_mb: f64, ratio: f64) -> Vec<TargetResult> {
    vec![
        at_most("memory with the streams, after so much was sent", memory_mb, 64.0, " MB"),
        at_least("what is stored a second with them, of that without", ratio, 0.95, ""),
    ]
}

/// Half a minute is for reading, not for waiting; and a shop may grow.
pub(crate) fn summary(
    wanted_ms: f64,
    usual_ms: f64,
    inbox_ms: f64,
    growth: f64,
    page_bytes: usize,
) -> Vec<TargetResult> {
    vec![
        at_most("the largest page as it is sent", page_bytes as f64 / 1e3, 60.0, " kB"),
        at_most("the summary of 90 days, p50", usual_ms, wanted_ms, " ms"),
        at_most("the first page of the inbox, p50", inbox_ms, 25.0, " ms"),
        at_most("the summary with a hundred times the answers, longest times", growth, 1.5, " ×"),
    ]
}

/// Everything can be taken along, whatever the machine has to spare.
pub(crate) fn export(seconds_a_million: f64, above_idle_mb: f64) -> Vec<TargetResult> {
    vec![
        at_most("a million responses, in one file", seconds_a_million, 20.0, " s"),
        at_most("memory above idle meanwhile", above_idle_mb, 32.0, " MB"),
    ]
}

/// What was acknowledged is there, once, and counted.
pub(crate) fn kept(database: &str, acknowledged: u64, uncertain: u64, rows: Rows) -> TargetResult {
    let stored = u64::try_from(rows.stored).unwrap_or_default();
    let is_whole = (acknowledged..=acknowledged + uncertain).contains(&stored) && rows.stored == rows.counted;
    TargetResult {
        what: format!("{database}: acknowledged responses that are stored once"),
        found: format!("{stored} rows, {} counted, {uncertain} of unknown fate", rows.counted),
        wanted: acknowledged.to_string(),
        missed_by: if is_whole { String::new() } else { "responses lost or doubled".to_owned() },
        is_reached: is_whole,
        is_grave: true,
    }
}

fn at_least(what: impl Into<String>, found: f64, bar: f64, unit: &str) -> TargetResult {
    result(what.into(), found, (">=", bar), unit, bar - found)
}

fn at_most(what: impl Into<String>, found: f64, bar: f64, unit: &str) -> TargetResult {
    result(what.into(), found, ("<=", bar), unit, found - bar)
}

fn result(
    what: String,
    found: f64,
    (relation, bar): (&str, f64),
    unit: &str,
    missed_by: f64,
) -> TargetResult {
    // Not a number, as after a load without a good answer, reaches nothing.
    let is_reached = missed_by <= 0.0;
    let say = |value: f64| format!("{}{unit}", crate::report::number(value));
    TargetResult {
        what,
        found: say(found),
        wanted: format!("{} {}", if relation == ">=" { "≥" } else { "≤" }, say(bar)),
        missed_by: if is_reached { String::new() } else { say(missed_by) },
        is_reached,
        is_grave: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_missed_by_what_is_wanting() {
        assert!(at_least("", 0.21, 0.2, "").is_reached);
        assert_eq!(at_least("", 0.15, 0.2, "").missed_by, "0.050");
        assert!(at_most("", -0.1, 0.3, " ms").is_reached);
        assert_eq!(at_most("", 20.0, 15.0, " ms").missed_by, "5.00 ms");
        assert!(!at_least("", f64::NAN, 0.2, "").is_reached);
    }

    #[test]
    fn an_acknowledged_response_that_is_not_there_is_a_fault() {
        let rows = |stored, counted| Rows { stored, counted };
        assert!(kept("", 10, 0, rows(10, 10)).is_reached);
        assert!(kept("", 10, 2, rows(11, 11)).is_reached);
        assert!(!kept("", 10, 0, rows(9, 9)).is_reached);
        assert!(!kept("", 10, 0, rows(11, 11)).is_reached);
        assert!(!kept("", 10, 0, rows(10, 9)).is_reached);
    }
}
