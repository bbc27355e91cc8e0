//! What the collector is compared with. Each runs as a process of its own, as the collector does.

mod echo;
mod insert_per_request;

use anyhow::Result;
use std::net::SocketAddr;
use std::process::Command;

/// A server to compare with.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Baseline {
    /// Parses the body and answers; stores nothing. Nothing written with actix-web can be quicker.
    #[command(hide = true)]
    Echo {
        /// Where to listen.
        listen: SocketAddr,
    },
    /// Stores every response by an insert of its own.
    #[command(hide = true)]
    InsertPerRequest {
        /// Where to listen.
        listen: SocketAddr,
        /// Its database.
        database: String,
    },
}

/// Becomes one of them.
///
/// # Errors
/// If it cannot listen or has no database.
pub(crate) fn serve(peer: &Baseline) -> Result<()> {
    actix_web::rt::System::new().block_on(async {
        match peer {
            Baseline::Echo { listen } => echo::serve(*listen).await,
            Baseline::InsertPerRequest { listen, database } => {
                insert_per_request::serve(*listen, database).await
            }
        }
    })
}

/// The command that starts the echo.
///
/// # Errors
/// If this program does not know where it lies.
pub(crate) fn echo(listen: SocketAddr) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("echo").arg(listen.to_string());
    Ok(command)
}

/// The command that starts the plain insert.
///
/// # Errors
/// If this program does not know where it lies.
pub(crate) fn insert_per_request(listen: SocketAddr, database: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("insert-per-request").arg(listen.to_string()).arg(database);
    Ok(command)
}
