//! The real program, started as its owner would start it, and ended as nobody would wish.

use crate::http::Connection;
use crate::wait;
use anyhow::{Context as _, Result, bail};
use std::fs::OpenOptions;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How a collector is started.
pub struct Start<'a> {
    /// The program.
    pub binary: &'a Path,
    /// `sqlite://…` or `postgres://…`.
    pub database: &'a str,
    /// Where it shall listen.
    pub address: SocketAddr,
    /// Where its two outputs go, one run after the other.
    pub log: &'a Path,
    /// What stands in its environment besides.
    pub environment: &'a [(String, String)],
    /// How many descriptors it may have, if fewer than usual.
    pub descriptors: Option<u32>,
    /// Whether its outputs are pipes instead, which can be closed.
    pub talks_to_pipes: bool,
}

/// A running collector. It is killed when dropped.
pub struct Collector {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: PathBuf,
    log_began_at: usize,
    /// How long it took from the start to the first answer.
    pub ready_in: Duration,
}

/// An address of this machine where nobody listens.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

impl Collector {
    /// Starts it and waits until it answers.
    pub fn start(start: &Start<'_>) -> Result<Self> {
        let mut collector = Self::launch(start)?;
        let mut ended = None;
        let ready = wait::how_long_until(Duration::from_secs(15), || {
            ended = collector.child.try_wait().ok().flatten();
            ended.is_some() || collector.is_healthy()
        });
        match (ready, ended) {
            (Some(ready_in), None) => collector.ready_in = ready_in,
            (_, Some(status)) => bail!("it did not start ({status}): {}", collector.last_words()),
            (None, None) => bail!("it did not answer within 15 s: {}", collector.last_words()),
        }
        Ok(collector)
    }

    /// Starts it and waits for nothing.
    pub fn launch(start: &Start<'_>) -> Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(start.log)?;
        let log_began_at = usize::try_from(log.metadata()?.len())?;
        let mut command = match start.descriptors {
            None => Command::new(start.binary),
            Some(most) => {
                let mut limited = Command::new("prlimit");
                limited.arg(format!("--nofile={most}:{most}")).arg(start.binary);
                limited
            }
        };
        command
            .args(["serve", "--listen", &start.address.to_string(), "--database", start.database])
            // All visitors here come from one address; a limit on them is another promise than those looked at here.
            .envs(["TABLESIDE_RATE_PER_ADDRESS", "TABLESIDE_RATE_PER_SHOP"].map(|limit| (limit, "100000000")))
            .env("NO_COLOR", "1")
            .envs(start.environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null());
        if start.talks_to_pipes {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        } else {
            command.stdout(log.try_clone()?).stderr(log);
        }
        let child = command.spawn().with_context(|| format!("cannot start {}", start.binary.display()))?;
        Ok(Self {
            child,
            address: start.address,
            log: start.log.to_owned(),
            log_began_at,
            ready_in: Duration::ZERO,
        })
    }

    /// Whether `/healthz` says so within a second.
    pub fn is_healthy(&self) -> bool {
        self.page("/healthz", Duration::from_secs(1)) == Some(200)
    }

    /// The status of a page, or none if there was no answer in time.
    pub fn page(&self, path: &str, within: Duration) -> Option<u16> {
        let mut connection = Connection::open(self.address, within).ok()?;
        connection.get(path).ok().map(|answer| answer.status)
    }

    /// `kill -9`.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it politely to stop, and tells how long it took; none if it was still there when the time was over.
    pub fn stop(&mut self, within: Duration) -> Result<Option<(ExitStatus, Duration)>> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status()?;
        anyhow::ensure!(sent.success(), "there was nobody to stop");
        let took = wait::how_long_until(within, || matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)));
        Ok(took.zip(self.child.try_wait()?).map(|(took, status)| (status, took)))
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        wait::until(within, || matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)));
        self.child.try_wait().ok().flatten()
    }

    /// Nobody listens to it any more: whatever it says from now on fails.
    pub fn close_its_outputs(&mut self) {
        drop((self.child.stdout.take(), self.child.stderr.take()));
    }

    /// What it keeps in memory, in MB.
    pub fn resident_mb(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
    }

    /// Everything it said since it was started.
    pub fn said(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(log.get(self.log_began_at..).unwrap_or_default()).into_owned()
    }

    /// The last thing it said.
    pub fn last_words(&self) -> String {
        let said = self.said();
        said.lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("(it said nothing)")
            .trim()
            .to_owned()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.kill();
    }
}
