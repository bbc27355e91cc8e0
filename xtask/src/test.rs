//! `cargo xtask test`: every check that a change must pass, the cheapest first.

use crate::process::{cargo, output, run};
use crate::toolchain::Toolchain;
use crate::{assets, browser, deny, faults, layers, postgres, size_report, widget};
use anyhow::{Result, bail, ensure};
use std::process::Command;
use std::time::{Duration, Instant};

struct TestStep {
    name: &'static str,
    promise: &'static str,
    /// Runs the step; its argument filters tests by name.
    run: fn(&[&str]) -> Result<()>,
}

const STEPS: [TestStep; 13] = [
    TestStep { name: "layers", promise: "Imports point downward only", run: |_| layers::layers() },
    TestStep { name: "fmt", promise: "The code is formatted", run: fmt },
    TestStep {
        name: "deny",
        promise: "Crates are allowed, and so are their licences",
        run: |_| deny::deny(),
    },
    TestStep { name: "assets", promise: "The browser's files are built", run: |_| assets::build(false) },
    TestStep { name: "lint", promise: "No lint has anything to say", run: lint },
    TestStep { name: "docs", promise: "The documentation has no dead links", run: docs },
    TestStep { name: "unit", promise: "Decisions are right by themselves", run: unit },
    TestStep {
        name: "api",
        promise: "Promises hold over HTTP, on SQLite",
        run: |filter| api("sqlite", filter),
    },
    TestStep {
        name: "api-postgres", promise: "… and on PostgreSQL", run: |filter| api("postgres", filter)
    },
    TestStep { name: "days", promise: "… on whichever day they are tried", run: days },
    TestStep {
        name: "faults",
        promise: "Nothing acknowledged is lost, whatever breaks",
        run: |_| faults::faults(&[]),
    },
    TestStep {
        name: "browser",
        promise: "Promises hold in a browser, on a stranger's page",
        run: in_browser,
    },
    TestStep { name: "weigh", promise: "Nothing weighs more than it may", run: |_| size_report::report() },
];

/// Runs all steps, or those of `--only`, also after one has failed; the error names those that failed.
pub(crate) fn test(options: &[&str]) -> Result<()> {
    let (only, filter) = parse(options)?;
    let mut outcomes: Vec<(&TestStep, Duration, Option<anyhow::Error>)> = Vec::new();
    for step in STEPS.iter().filter(|s| only.is_empty() || only.contains(&s.name)) {
        eprintln!("\n━━ {}: {}", step.name, step.promise);
        let start = Instant::now();
        let failure = (step.run)(&filter).err();
        if let Some(failure) = &failure {
            eprintln!("{failure:#}");
        }
        // All later steps need the browser's files.
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

pub(crate) fn step_names() -> String {
    STEPS.map(|step| step.name).join(", ")
}

/// The steps of `--only`, and the filter for the names of tests.
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
        bail!("There is no step `{odd}`; there are {}.", step_names());
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
    // Some tests of this step run on both databases.
    postgres::ensure_installed()?;
    // `--workspace` in every step gives dependencies the same features, so that they are compiled once.
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--lib", "--bins", "--no-fail-fast"]);
    for target in targets_of_unit(&test_targets()?)? {
        tests.args(["--test", target]);
    }
    run(tests.arg("--").args(filter))
}

/// Test targets that start the real program. Each has a step of its own.
const SUITES: [&str; 2] = ["api", "browser"];

/// Every test target of the workspace, from cargo's metadata.
fn test_targets() -> Result<Vec<String>> {
    let listed = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let listed: serde_json::Value = serde_json::from_str(&listed)?;
    let packages = listed["packages"].as_array().into_iter().flatten();
    let targets = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let tests =
        targets.filter(|target| target["kind"].as_array().is_some_and(|k| k.contains(&"test".into())));
    Ok(tests.filter_map(|target| target["name"].as_str().map(str::to_owned)).collect())
}

/// All targets except those with a step of their own. The list comes from cargo, so that none is forgotten.
fn targets_of_unit(all: &[String]) -> Result<Vec<&str>> {
    for suite in SUITES {
        ensure!(all.iter().any(|target| target == suite), "There is no test target `{suite}`.");
    }
    Ok(all.iter().map(String::as_str).filter(|target| !SUITES.contains(target)).collect())
}

fn api(database: &str, filter: &[&str]) -> Result<()> {
    if database == "postgres" {
        postgres::ensure_installed()?;
    }
    // Each test waits for its own collector most of the time, so more threads than processors pay.
    run(suite("api", database)?.args(["--", "--test-threads=4"]).args(filter))
}

/// Days that differ from an ordinary Wednesday: two hours after the weekly mail, a day on which the shop is
/// closed, two hours before the end of a week, the night in which the clocks go back, and 29 February.
const DAYS: [&str; 5] = [
    "2026-06-15T10:00:00Z",
    "2026-06-20T10:00:00Z",
    "2026-06-21T22:00:00Z",
    "2026-10-24T22:30:00Z",
    "2024-02-29T10:00:00Z",
];
/// Modules of the API suite that change the clock or depend on the day.
const DEPENDS_ON_DAYS: [&str; 11] = [
    "shared_report::",
    "conversation::",
    "conversation_access::",
    "conversation_events::",
    "mail::",
    "mail_failures::",
    "mail_server_settings::",
    "mail_to_visitors::",
    "reply_promise::",
    "summary::",
    "weekly_mail::",
];

/// Runs the tests that depend on the day on each of [`DAYS`]. A filter replaces the list of modules.
fn days(filter: &[&str]) -> Result<()> {
    let filter = if filter.is_empty() { &DEPENDS_ON_DAYS } else { filter };
    let mut failed = Vec::new();
    for day in DAYS {
        eprintln!("── As if it were {day}");
        let mut tests = suite("api", "sqlite")?;
        // These tests mostly wait for mail, so more threads than processors save time.
        if let Err(failure) =
            run(tests.env("TABLESIDE_TEST_START", day).args(["--", "--test-threads=6"]).args(filter))
        {
            eprintln!("{failure:#}");
            failed.push(day);
        }
    }
    ensure!(failed.is_empty(), "Failed on {}.", failed.join(", "));
    Ok(())
}

fn in_browser(filter: &[&str]) -> Result<()> {
    browser::ensure_installed()?;
    run(suite("browser", "sqlite")?.arg("--").args(filter))
}

/// The command for one of the suites that start the real program.
fn suite(name: &str, database: &str) -> Result<Command> {
    let program = std::path::absolute(crate::run::collector(false)?)?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--test", name]);
    tests.env("TABLESIDE_BIN", program).env("TABLESIDE_TEST_DATABASE", database);
    // The step decides which day it is.
    tests.env_remove("TABLESIDE_TEST_START");
    Ok(tests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn no_test_target_is_left_out() {
        let all = test_targets().expect("cargo lists them");
        let unit = targets_of_unit(&all).expect("both suites are there");
        for target in ["maintenance", "counters", "outbox"] {
            assert!(unit.contains(&target), "{target} is not among {all:?}");
        }
        let new = ["api", "browser", "a_new_one"].map(str::to_owned);
        assert_eq!(targets_of_unit(&new).expect("both suites are there"), ["a_new_one"]);
        assert!(targets_of_unit(&new[1..]).is_err(), "a suite that is gone is noticed");
    }

    /// A filter that names no module runs nothing, and says nothing.
    #[test]
    fn modules_that_depend_on_the_day_are_there() {
        let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/api");
        for module in DEPENDS_ON_DAYS {
            let file = suite.join(module.replace("::", ".rs"));
            assert!(file.exists(), "there is no {}", file.display());
        }
    }

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
