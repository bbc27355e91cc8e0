//! `cargo xtask test`: everything there is, in the order in which failing is cheapest.

use crate::cargo::{cargo, run};
use crate::toolchain::Toolchain;
use crate::{assets, browser, faults, postgres, weigh, widget};
use anyhow::{Result, bail, ensure};
use std::time::{Duration, Instant};

/// One step: its name, what it promises, and how it is done with the filter for the names of tests.
struct Step {
    name: &'static str,
    promise: &'static str,
    does: fn(&[&str]) -> Result<()>,
}

const STEPS: [Step; 10] = [
    Step { name: "fmt", promise: "The code is formatted", does: fmt },
    Step { name: "assets", promise: "The browser's files are built", does: |_| assets::build(false) },
    Step { name: "lint", promise: "No lint has anything to say", does: lint },
    Step { name: "docs", promise: "The documentation has no dead links", does: docs },
    Step { name: "unit", promise: "Decisions are right by themselves", does: unit },
    Step { name: "api", promise: "Promises hold over HTTP, on SQLite", does: |filter| api("sqlite", filter) },
    Step { name: "api-postgres", promise: "… and on PostgreSQL", does: |filter| api("postgres", filter) },
    Step {
        name: "faults",
        promise: "Nothing acknowledged is lost, whatever breaks",
        does: |_| faults::faults(&[]),
    },
    Step { name: "browser", promise: "Promises hold in a browser, on a stranger's page", does: in_browser },
    Step { name: "weigh", promise: "Nothing weighs more than it may", does: |_| weigh::weigh() },
];

/// Runs all steps, or those named by `--only`, to the end; and fails if one of them did.
///
/// # Errors
/// Names the steps that failed.
pub fn test(options: &[&str]) -> Result<()> {
    let (only, filter) = parse(options)?;
    let mut outcomes: Vec<(&Step, Duration, Option<anyhow::Error>)> = Vec::new();
    for step in STEPS.iter().filter(|s| only.is_empty() || only.contains(&s.name)) {
        eprintln!("\n━━ {}: {}", step.name, step.promise);
        let start = Instant::now();
        let failure = (step.does)(&filter).err();
        if let Some(failure) = &failure {
            eprintln!("{failure:#}");
        }
        // Without the browser's files nothing after this can tell anything.
        let hopeless = failure.is_some() && step.name == "assets";
        outcomes.push((step, start.elapsed(), failure));
        if hopeless {
            break;
        }
    }
    println!("\n━━ Summary");
    for (step, took, failure) in &outcomes {
        let verdict = if failure.is_some() { "FAILED" } else { "ok" };
        println!("{verdict:>7} {:>8} {:>7.1} s  {}", step.name, took.as_secs_f32(), step.promise);
    }
    let total: Duration = outcomes.iter().map(|(_, took, _)| *took).sum();
    println!("{:>24.1} s  in all", total.as_secs_f32());
    let failed: Vec<&str> = outcomes.iter().filter(|o| o.2.is_some()).map(|o| o.0.name).collect();
    ensure!(failed.is_empty(), "Failed: {}.", failed.join(", "));
    Ok(())
}

/// The steps of `--only`, and what is left for the names of tests.
fn parse<'a>(options: &[&'a str]) -> Result<(Vec<&'a str>, Vec<&'a str>)> {
    let (mut only, mut filter) = (Vec::new(), Vec::new());
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let steps = match option.strip_prefix("--only") {
            Some("") => options.next().copied().unwrap_or_default(),
            Some(steps) => steps.trim_start_matches('='),
            None => {
                filter.push(*option);
                continue;
            }
        };
        only.extend(steps.split(','));
    }
    if let Some(odd) = only.iter().find(|o| STEPS.iter().all(|s| s.name != **o)) {
        let names: Vec<&str> = STEPS.iter().map(|s| s.name).collect();
        bail!("There is no step `{odd}`; there are {}.", names.join(", "));
    }
    Ok((only, filter))
}

fn fmt(_: &[&str]) -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn lint(_: &[&str]) -> Result<()> {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"]))?;
    widget::lint(Toolchain::choose()?)
}

fn docs(_: &[&str]) -> Result<()> {
    run(cargo().args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-Dwarnings"))
}

fn unit(filter: &[&str]) -> Result<()> {
    // What is kept is tried on both databases.
    postgres::ready()?;
    // `--workspace` in every step, though each tests a part: dependencies get the same features and are compiled once.
    run(cargo()
        .args(["test", "--workspace", "--lib", "--bins", "--test", "keep", "--no-fail-fast"])
        .args(filter))
}

fn api(database: &str, filter: &[&str]) -> Result<()> {
    if database == "postgres" {
        postgres::ready()?;
    }
    from_outside("api", database, filter)
}

fn in_browser(filter: &[&str]) -> Result<()> {
    browser::ready()?;
    from_outside("browser", "sqlite", filter)
}

/// One of the two suites that start the real program.
fn from_outside(suite: &str, database: &str, filter: &[&str]) -> Result<()> {
    let program = std::path::absolute(crate::run::collector(false)?)?;
    run(cargo()
        .args(["test", "--workspace", "--test", suite])
        .args(filter)
        .env("TABLESIDE_BIN", program)
        .env("TABLESIDE_TEST_DATABASE", database))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_can_be_picked_and_tests_named() {
        let (only, filter) = parse(&["--only", "api,browser", "a_complaint"]).expect("both are steps");
        assert_eq!((only, filter), (vec!["api", "browser"], vec!["a_complaint"]));
        let (only, _) = parse(&["--only=unit"]).expect("it is a step");
        assert_eq!(only, ["unit"]);
        assert!(parse(&["--only", "everything"]).is_err());
        assert!(parse(&["--only"]).is_err());
    }
}
