//! `cargo xtask faults`: breaks things under a running collector, and looks whether anything acknowledged was lost.
//!
//! The promise: what was answered with 2xx is on disk, once, whatever happens next. The visitors here behave like the
//! widget's page: they make ids and secrets, keep what is not acknowledged, and send it again with the same body. They
//! write down what they sent and what was acknowledged; `oracle.rs` compares that with the database.
//!
//! The program under trial is the real one, found by `TABLESIDE_BIN` or in `target/debug`. Everything happens on this
//! machine's loopback, in folders of its own, with processes of its own, and ends by itself.
//!
//! Deliberately absent: browsers (`tests/browser`), speed (`bench`), and anything that needs a special kernel.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a harness talks to the terminal")]

mod collector;
mod control_writer;
mod disk;
mod faults;
mod harness;
mod ledger;
mod load;
mod oracle;
mod proxy;
mod report;
mod visitor;

use anyhow::{Context as _, Result, bail};
use control_writer::ControlWriter;
use faults::Fault;
use harness::{Harness, RunContext};
use report::{FaultOutcome, FaultReport};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Instant;
use testkit::program;

const HELP: &str = "\
faults [--long] [--only WORD[,WORD…]] [--seed NUMBER] [--list]
    --long      many cycles of each: half an hour rather than a minute
    --only      those with this word in their sentence
    --seed      begin chance where an earlier run began
    --list      say what there is, and do nothing
TABLESIDE_BIN says which program to try, otherwise target/debug/tableside.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(cause) => {
            eprintln!("faults: {cause:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well.
fn run(args: &[String]) -> Result<bool> {
    let mut is_long = false;
    let mut only = Vec::new();
    let mut seed = testkit::random::fresh_seed();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{arg} wants a value\n\n{HELP}"));
        match arg.as_str() {
            "--long" => is_long = true,
            "--only" => only.extend(value()?.split(',').map(str::to_lowercase)),
            "--seed" => seed = value()?.parse().context("a seed is a number")?,
            "--list" => {
                chosen(&[]).for_each(|fault| println!("{}", fault.sentence));
                return Ok(true);
            }
            // The control of the power loss, as a process of its own.
            "control-writer" => {
                let writer = ControlWriter::named(value()?).context("there is no such writer")?;
                control_writer::write(Path::new(value()?), writer)?;
            }
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(true);
            }
            other => bail!("there is no option {other}\n\n{HELP}"),
        }
    }
    try_all(&only, &RunContext::new(binary()?, is_long, seed))
}

fn chosen(only: &[String]) -> impl Iterator<Item = &'static Fault> {
    faults::ALL.iter().filter(move |fault| {
        let sentence = fault.sentence.to_lowercase();
        only.is_empty() || only.iter().any(|word| sentence.contains(word.as_str()))
    })
}

fn try_all(only: &[String], context: &RunContext) -> Result<bool> {
    // A program that does not even start would be told once for each fault.
    Harness::on_sqlite(context)?.start()?;
    let began = Instant::now();
    let (patient, others): (Vec<_>, Vec<_>) = chosen(only).partition(|fault| fault.is_patient);
    let (tell, told) = mpsc::channel();
    let mut all: Vec<FaultReport> = Vec::new();
    report::print_head();
    std::thread::scope(|scope| {
        for faults in [others, patient] {
            let tell = tell.clone();
            // The receiver is gone only if printing has panicked; then there is nothing to do.
            scope.spawn(move || {
                for fault in faults {
                    if tell.send(try_one(fault, context)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        for tried in told {
            tried.print();
            all.push(tried);
        }
    });
    if all.is_empty() {
        bail!("there is no such fault; --list says what there is");
    }
    Ok(report::print_sum(&all, context.seed, began.elapsed()))
}

fn try_one(fault: &Fault, context: &RunContext) -> FaultReport {
    let began = Instant::now();
    let outcome = (fault.run)(context).unwrap_or_else(|cause| {
        let mut outcome = FaultOutcome::default();
        outcome.expect(false, format!("the trial could not be finished: {cause:#}"));
        outcome
    });
    FaultReport { sentence: fault.sentence, outcome, took: began.elapsed() }
}

/// The program under trial.
fn binary() -> Result<PathBuf> {
    let binary = program::path();
    binary.canonicalize().with_context(|| format!("there is no program at {}", binary.display()))
}
