//! `cargo xtask …`: builds the widget and then the collector that carries it; runs, tests and weighs them.
//!
//! What newcomers need is Rust from rustup, and nothing else: the WebAssembly side is made here, with libraries that
//! Cargo.lock holds to one version. Deliberately absent: node, wasm-pack, a second configuration file.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to the terminal")]

mod assets;
mod bench;
mod browser;
mod cargo;
mod compress;
mod faults;
mod files;
mod glue;
mod limits;
mod minify;
mod postgres;
mod run;
mod step;
mod test;
mod toolchain;
mod weigh;
mod widget;

use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask build [--assets] [--allow-missing]
    The widget, then target/release/tableside: one file with everything in it.
    --assets stops after the browser's files in target/assets.
    --allow-missing goes on where a source of those files is not there yet.
cargo xtask run [--release] [OPTIONS OF `tableside demo`]
    Builds, then opens a demo shop and its summary page. Data lies in demo-data/. Ctrl-C stops it.
cargo xtask faults [--long] [--only WORD[,WORD…]] [--list]
    Breaks things under a running collector, and looks whether anything acknowledged was lost. A minute and a half;
    --long takes half an hour and goes through many more cycles.
cargo xtask bench [--quick] [--database sqlite|postgres|both] [--seconds SECONDS] [--rounds ROUNDS]
                  [--slower-sync MICROSECONDS]
    How fast the collector is, beside a bare echo and a plain insert a request, in one run. Five minutes; --quick two.
    --slower-sync makes every sync of the disk take longer for all of them: disks of rented machines take 0.2 to 2 ms.
cargo xtask bench inbox [--conversations N]
    How long the lists and the search of a large inbox take. A minute.
cargo xtask bench streams
    What a thousand visitors with their conversation open take from those who send. A minute.
cargo xtask bench [--database postgres] summary [--responses N] [--shops N]
    How long the summary takes with few answers and with many: ten million in one shop take some minutes to make up.
cargo xtask bench [--database postgres] export [--responses N]
    How long it takes to take everything of a shop along, and how much memory. Two minutes.
cargo xtask bench opening
    How long somebody with a phone waits after a tap on the launcher, and what a page load costs. A minute.
cargo xtask bench talking
    How long it takes until a complaint stands in an open inbox, and the answer on the visitor's page. A minute.
cargo xtask weigh
    What a page load and an opened widget cost in bytes; fails over the limits in xtask/src/limits.rs.
cargo xtask test [--only STEP[,STEP…]] [FILTER…]
    Everything there is. Steps: fmt, assets, lint, docs, unit, api, api-postgres, days, faults, browser, weigh.

TABLESIDE_WASM=small|shipped|debian says how the widget is compiled; see xtask/src/toolchain.rs.
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match task(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("\n{e:#}");
            ExitCode::FAILURE
        }
    }
}

fn task(args: &[&str]) -> Result<()> {
    // Everything below speaks of places from the root of the repository.
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let Some((task, options)) = args.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match *task {
        "build" => build(options),
        "run" => run::run(options),
        "bench" => bench::bench(options),
        "faults" => faults::faults(options),
        "weigh" => weigh::weigh(),
        "test" => test::test(options),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("There is no task `{other}`.\n\n{HELP}"),
    }
}

fn build(options: &[&str]) -> Result<()> {
    if let Some(odd) = options.iter().find(|o| !["--assets", "--allow-missing"].contains(o)) {
        bail!("`cargo xtask build` has no option `{odd}`.\n\n{HELP}");
    }
    assets::build(options.contains(&"--allow-missing"))?;
    if !options.contains(&"--assets") {
        step::step("The collector, for release", || {
            cargo::run(cargo::cargo().args(["build", "--release", "--package", "server"]))
        })?;
        println!("target/release/tableside is ready: `target/release/tableside serve`.");
    }
    Ok(())
}
