//! The real program with a log of its own, started as its owner would start it, and ended as no owner would wish.

use anyhow::{Context as _, Result};
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use testkit::connection::BlockingConnection;
use testkit::program;
use testkit::server_process::ServerProcess;

/// How long it may take from the start to the first HTTP response.
const STARTS_WITHIN: Duration = Duration::from_secs(15);

/// How a collector is started.
pub(crate) struct Start<'a> {
    /// The program.
    pub(crate) binary: &'a Path,
    /// `sqlite://…` or `postgres://…`.
    pub(crate) database: &'a str,
    /// Where it shall listen.
    pub(crate) address: SocketAddr,
    /// Where its two outputs go, one run after the other.
    pub(crate) log: &'a Path,
    /// What stands in its environment besides.
    pub(crate) environment: &'a [(String, String)],
    /// How many descriptors it may have, if fewer than usual.
    pub(crate) descriptors: Option<u32>,
    /// Whether its outputs are pipes instead, which can be closed.
    pub(crate) talks_to_pipes: bool,
}

/// A running collector. It is killed when dropped.
pub(crate) struct Collector {
    process: ServerProcess,
    log: PathBuf,
    log_began_at: usize,
}

impl Collector {
    /// Starts it and waits until it answers.
    pub(crate) fn start(start: &Start<'_>) -> Result<Self> {
        let mut collector = Self::launch(start)?;
        let ready = collector.process.wait_until_ready("/healthz", STARTS_WITHIN);
        ready.with_context(|| collector.last_words())?;
        Ok(collector)
    }

    /// Starts it and waits for nothing.
    pub(crate) fn launch(start: &Start<'_>) -> Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(start.log)?;
        let log_began_at = usize::try_from(log.metadata()?.len())?;
        let mut command = match start.descriptors {
            None => program::serve(start.binary, start.database, start.address),
            Some(most) => {
                program::serve_with_few_descriptors(start.binary, start.database, start.address, most)
            }
        };
        command
            // All visitors here come from one address; a limit on them is another promise than those looked at here.
            .envs(["TABLESIDE_RATE_PER_ADDRESS", "TABLESIDE_RATE_PER_SHOP"].map(|limit| (limit, "100000000")))
            .envs(start.environment.iter().map(|(key, value)| (key, value)));
        if start.talks_to_pipes {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        } else {
            command.stdout(log.try_clone()?).stderr(log);
        }
        let process = ServerProcess::launch(command, start.address)?;
        Ok(Self { process, log: start.log.to_owned(), log_began_at })
    }

    /// The status of a page as a shop's page asks for it, or none if there was no HTTP response in time.
    pub(crate) fn page(&self, path: &str, within: Duration) -> Option<u16> {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nreferer: https://kiln.example/cart\r\n\r\n");
        let mut connection = BlockingConnection::open(self.address, within).ok()?;
        connection.send(request.as_bytes()).ok()?;
        connection.receive().ok().map(|response| response.status)
    }

    /// What it keeps in memory, in units of 2²⁰ bytes; 0 once it is gone.
    pub(crate) fn resident_mb(&self) -> u64 {
        self.memory().map(|memory| (memory.now * 1e6) as u64 >> 20).unwrap_or_default()
    }

    /// Everything it said since it was started.
    pub(crate) fn said(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(log.get(self.log_began_at..).unwrap_or_default()).into_owned()
    }

    /// The last thing it said.
    pub(crate) fn last_words(&self) -> String {
        let said = self.said();
        said.lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("(it said nothing)")
            .trim()
            .to_owned()
    }
}

impl Deref for Collector {
    type Target = ServerProcess;

    fn deref(&self) -> &ServerProcess {
        &self.process
    }
}

impl DerefMut for Collector {
    fn deref_mut(&mut self) -> &mut ServerProcess {
        &mut self.process
    }
}
