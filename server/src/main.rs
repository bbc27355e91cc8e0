//! `tableside`: see `tableside --help`.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    server::cli::run(server::cli::Cli::parse())
}
