//! What is printed.

use crate::Plan;
use crate::rounds::Contestant;
use crate::targets::TargetResult;
use anyhow::Result;
use std::fmt::Write as _;

/// What it runs on, and how long.
pub(crate) fn machine(plan: &Plan) -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let busy = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').next().unwrap_or_default();
    format!(
        "{processors} processors, load average {busy} before it began; a sync of the disk takes {} ms{}. {} rounds of {} s \
         for each server. Server, database and clients share the processors: read the ratios, not the figures.",
        number(plan.sync.as_secs_f64() * 1e3),
        if plan.slow_disk.is_some() { ", for it is made slower" } else { "" },
        plan.rounds,
        plan.load.as_secs()
    )
}

/// The rounds as a table.
///
/// # Errors
/// If a server is gone.
pub(crate) fn rounds(database: &str, contestants: &[Contestant]) -> Result<String> {
    let mut text = format!(
        "\n{database}\n{:<16}{:>8}{:>10}{:>20}{:>9}{:>9}{:>9}{:>10}{:>13}{:>10}\n",
        "server",
        "clients",
        "a second",
        "(lowest..highest)",
        "p50 ms",
        "p99 ms",
        "max ms",
        "not 2xx",
        "processor µs",
        "most MB"
    );
    for contestant in contestants {
        for (clients, all) in &contestant.rounds {
            let middle = contestant.middle(*clients);
            let lowest = all.iter().map(|f| f.per_second).fold(f64::INFINITY, f64::min);
            let highest = all.iter().map(|f| f.per_second).fold(0.0, f64::max);
            writeln!(
                text,
                "{:<16}{clients:>8}{:>10.0}{:>20}{:>9.2}{:>9.2}{:>9.1}{:>10}{:>13.1}{:>10.1}",
                contestant.name,
                middle.per_second,
                format!("({lowest:.0}..{highest:.0})"),
                middle.p50_ms,
                middle.p99_ms,
                middle.max_ms,
                middle.not_good,
                middle.processor_us,
                contestant.peak_memory()?
            )?;
        }
    }
    Ok(text)
}

/// The targets, one a line.
pub(crate) fn results(results: &[TargetResult]) -> String {
    let mut text = String::from("\n");
    for v in results {
        let outcome = if v.is_reached { "reached".to_owned() } else { format!("missed by {}", v.missed_by) };
        text.push_str(&format!("{}: {}, wanted {}: {outcome}\n", v.what, v.found, v.wanted));
    }
    text
}

/// A number with about three figures that count.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        v if v < 1.0 => format!("{value:.3}"),
        v if v < 100.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}
