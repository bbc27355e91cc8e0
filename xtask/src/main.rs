//! `cargo xtask …`: builds the widget and then the collector that embeds it; runs, tests and measures them.
//!
//! Needs Rust from rustup and nothing else: the bindings of the WebAssembly module are generated here, by
//! libraries whose versions Cargo.lock pins. Deliberately absent: node, wasm-pack, a second configuration
//! file.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner prints to the terminal")]

mod assets;
mod bench;
mod browser;
#[cfg(test)]
mod class_names;
mod compress;
mod deny;
mod faults;
mod files;
mod glue;
mod imports;
mod layers;
mod minify;
mod postgres;
mod process;
mod run;
mod rust_source;
mod size_limits;
mod size_report;
mod structure;
mod test;
mod timing;
mod toolchain;
mod widget;

use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask build [--assets] [--allow-missing]
    Builds the widget, then target/release/tableside: one file with everything in it.
    --assets stops after the browser's files in target/assets.
    --allow-missing goes on where a source of those files does not exist yet.
cargo xtask run [--release] [OPTIONS OF `tableside demo`]
    Builds, then opens a demo shop and its summary page. Data lies in demo-data/. Ctrl-C stops it.
cargo xtask faults [--long] [--only WORD[,WORD…]] [--list]
    Breaks things under a running collector, and checks that nothing acknowledged was lost. A minute and a half;
    --long takes half an hour and goes through many more cycles.
cargo xtask bench [--quick] [--database sqlite|postgres|both] [--seconds SECONDS] [--rounds ROUNDS]
                  [--slower-sync MICROSECONDS]
    Measures the collector beside a bare echo and a plain insert a request, in one run. Five minutes; --quick two.
    --slower-sync delays every sync of the disk for all of them: disks of rented machines take 0.2 to 2 ms.
cargo xtask bench inbox [--conversations N]
    How long the lists and the search of a large inbox take. A minute.
cargo xtask bench streams
    What a thousand visitors with their conversation open take from those who send. A minute.
cargo xtask bench [--database postgres] summary [--responses N] [--shops N]
    How long the summary takes with few responses and with many. Ten million in one shop take minutes to make up.
cargo xtask bench [--database postgres] export [--responses N]
    How long the export of a whole shop takes, and how much memory. Two minutes.
cargo xtask bench opening
    How long a visitor with a phone waits after a tap on the launcher, and what a page load costs. A minute.
cargo xtask bench talking
    How long until a complaint stands in an open inbox, and the reply on the visitor's page. A minute.
cargo xtask weigh
    Prints what a page load and an opened widget cost in bytes; fails over the limits in
    xtask/src/size_limits.rs.
cargo xtask layers
    Checks that every folder of server/src imports only what stands below it in the layers of ARCHITECTURE.md.
cargo xtask advisories
    Checks that no crate has a known weakness. Needs github.com; not part of the tests.
cargo xtask structure [FOLDER…]
    Prints how readable the source is, in numbers: here, or side by side for several checkouts.
cargo xtask test [--only STEP[,STEP…]] [FILTER…]
    Runs every check. Steps:
    {STEPS}.

TABLESIDE_WASM=small|shipped|debian chooses how the widget is compiled; see xtask/src/toolchain.rs.
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
    // All paths are relative to the root of the repository.
    std::env::set_current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let (task, options) = args.split_first().unwrap_or((&"help", &[]));
    match *task {
        "build" => build(options),
        "run" => run::run(options),
        "bench" => bench::bench(options),
        "faults" => faults::faults(options),
        "layers" => layers::layers(),
        "advisories" => deny::advisories(),
        "structure" => structure::structure(options),
        "weigh" => size_report::report(),
        "test" => test::test(options),
        "help" | "--help" | "-h" => {
            print!("{}", help());
            Ok(())
        }
        other => bail!("There is no task `{other}`.\n\n{}", help()),
    }
}

fn help() -> String {
    HELP.replace("{STEPS}", &test::step_names())
}

fn build(options: &[&str]) -> Result<()> {
    if let Some(odd) = options.iter().find(|o| !["--assets", "--allow-missing"].contains(o)) {
        bail!("`cargo xtask build` has no option `{odd}`.\n\n{}", help());
    }
    assets::build(options.contains(&"--allow-missing"))?;
    if !options.contains(&"--assets") {
        timing::timed("The collector, for release", || {
            process::run(process::cargo().args(["build", "--release", "--package", "server"]))
        })?;
        println!("target/release/tableside is ready: `target/release/tableside serve`.");
    }
    Ok(())
}
