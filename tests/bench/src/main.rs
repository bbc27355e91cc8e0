//! `cargo xtask bench`: how fast the collector is, beside the fastest it could be (a server that stores nothing) and
//! the plain thing it might have been (one insert a request), in one run on one machine.
//!
//! All three get the same requests from the same clients, in turn, round after round, so that whatever else the
//! machine is doing hurts all of them alike. Read the ratios, not the figures. What is loaded lies on the loopback
//! interface, everything is bounded in count and time, and only what was started here is stopped.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures are for the terminal")]

mod burst;
mod collector;
mod database_server;
mod disk;
mod export;
mod figures;
mod inbox;
mod load;
mod owner;
mod report;
mod request;
mod rounds;
mod rows;
mod servers;
mod sockets;
mod start;
mod streams;
mod summary;
mod targets;

use crate::database_server::DatabaseServer;
use crate::disk::SlowDisk;
use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Measures the collector beside a bare echo and a plain insert a request.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    other: Option<Other>,
    /// Three short rounds and fewer sockets: half a minute, to see that everything still works.
    #[arg(long)]
    quick: bool,
    /// Which database is measured.
    #[arg(long, default_value = "both")]
    database: Databases,
    /// How long each server is loaded in each round.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: Option<u64>,
    /// How many rounds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    rounds: u32,
    /// The collector [default: `tableside` beside this program].
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Leave out the bursts, the sockets and the starts.
    #[arg(long)]
    only_rounds: bool,
    /// Make every sync of the disk take so many microseconds longer, for all of them alike.
    #[arg(long, value_name = "MICROSECONDS", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    slower_sync: Option<u64>,
}

/// What this program does beside measuring.
#[derive(Debug, Clone, Subcommand)]
enum Other {
    /// Loads a collector that is running on this machine already, for a developer who looks at it with a profiler.
    Load {
        /// Where it listens.
        address: SocketAddr,
        /// The key of a shop of its own.
        #[arg(long)]
        shop: String,
        /// How many clients there are at once.
        #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
        clients: u16,
        /// How long.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=60))]
        seconds: u64,
    },
    /// Measures the inbox of a shop with a long history, on SQLite.
    Inbox {
        /// How many conversations there are.
        #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
        conversations: u64,
    },
    /// Measures what a thousand visitors with their conversation open take from those who send, on SQLite.
    Streams,
    /// Measures how long it takes to take everything of a shop along, on SQLite unless `--database postgres` is said first.
    Export {
        /// How many answers the shop has.
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10_000..=100_000_000))]
        responses: u64,
    },
    /// Measures the summary of a shop with few answers and with a hundred times as many, on SQLite unless
    /// `--database postgres` is said first.
    Summary {
        /// How many answers all shops have together.
        #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(10_000..=100_000_000))]
        responses: u64,
        /// Over how many shops they are spread.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000))]
        shops: u64,
    },
    /// Becomes one of the servers that the collector is compared with.
    #[command(flatten)]
    Baseline(servers::Baseline),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

/// What is measured, and for how long.
pub(crate) struct Plan {
    /// The collector.
    program: PathBuf,
    /// How long one load lasts.
    load: Duration,
    /// How often everything is loaded.
    rounds: u32,
    /// How many sockets do nothing, and how many send slowly.
    sockets: [usize; 2],
    /// Whether only the rounds are wanted.
    only_rounds: bool,
    /// How long a sync of the disk takes.
    sync: Duration,
    /// What makes it take longer.
    slow_disk: Option<SlowDisk>,
}

impl Plan {
    /// What those that write to the disk get into their environment.
    fn environment(&self) -> Vec<(String, String)> {
        self.slow_disk.iter().flat_map(SlowDisk::environment).collect()
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.other {
        Some(Other::Baseline(peer)) => servers::serve(peer),
        Some(Other::Load { address, shop, clients, seconds }) => {
            only_load(*address, shop, usize::from(*clients), Duration::from_secs(*seconds))
        }
        Some(Other::Inbox { conversations }) => only_inbox(&options, *conversations),
        Some(Other::Streams) => only_streams(&options),
        Some(Other::Export { responses }) => only_export(&options, *responses),
        Some(Other::Summary { responses, shops }) => only_summary(&options, *responses, *shops),
        None => measure(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("bench: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

fn only_load(address: SocketAddr, shop: &str, clients: usize, how_long: Duration) -> Result<()> {
    ensure!(address.ip().is_loopback(), "{address} is not this machine");
    println!("{:#?}", runtime()?.block_on(load::load(&[address], shop, clients, how_long))?.figures());
    Ok(())
}

fn only_inbox(options: &Options, conversations: u64) -> Result<()> {
    let program = program(options)?;
    println!("{}", runtime()?.block_on(inbox::measure(&program, conversations))?);
    Ok(())
}

fn only_streams(options: &Options) -> Result<()> {
    let program = program(options)?;
    println!("{}", runtime()?.block_on(streams::measure(&program))?);
    Ok(())
}

fn only_summary(options: &Options, responses: u64, shops: u64) -> Result<()> {
    let program = program(options)?;
    let databases = DatabaseServer::new("summary", options.database == Databases::Postgres)?;
    println!("{}", runtime()?.block_on(summary::measure(&program, &databases, responses, shops))?);
    Ok(())
}

fn only_export(options: &Options, responses: u64) -> Result<()> {
    let program = program(options)?;
    let databases = DatabaseServer::new("export", options.database == Databases::Postgres)?;
    println!("{}", runtime()?.block_on(export::measure(&program, &databases, responses))?);
    Ok(())
}

/// The collector that is measured.
fn program(options: &Options) -> Result<PathBuf> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("tableside"),
    };
    ensure!(
        program.exists(),
        "there is no collector at {}; `cargo build --release --package server` makes it",
        program.display()
    );
    Ok(program)
}

/// Measures, and prints what was found.
///
/// # Errors
/// If something did not start, or if a response that was acknowledged is not there. A missed target is no error: on a
/// busy machine it says little.
fn measure(options: &Options) -> Result<()> {
    ensure!(
        !database_server::is_tempdir_in_memory()?,
        "{} lies in memory, where waiting for the disk costs nothing; set TMPDIR to a folder on a disk",
        std::env::temp_dir().display()
    );
    let slower = options.slower_sync.map(Duration::from_micros);
    let plan = Plan {
        sync: disk::sync_takes()? + slower.unwrap_or_default(),
        slow_disk: slower.map(SlowDisk::by).transpose()?,
        program: program(options)?,
        load: Duration::from_secs(options.seconds.unwrap_or(if options.quick { 1 } else { 3 })),
        rounds: options.rounds,
        sockets: if options.quick { [1_000, 200] } else { [10_000, 2_000] },
        only_rounds: options.only_rounds,
    };
    let runtime = runtime()?;
    let mut results = Vec::new();
    println!("{}", report::machine(&plan));
    if options.database != Databases::Postgres {
        results.extend(runtime.block_on(rounds::sqlite(&plan)).context("SQLite")?);
    }
    if options.database != Databases::Sqlite {
        results.extend(runtime.block_on(rounds::postgres(&plan)).context("PostgreSQL")?);
    }
    println!("{}", report::results(&results));
    ensure!(!results.iter().any(|v| v.is_grave && !v.is_reached), "responses were lost or doubled");
    Ok(())
}
