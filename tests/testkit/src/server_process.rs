//! A server as a process of our own: started, asked whether it is ready, weighed, and stopped.

use crate::connection::BlockingConnection;
use crate::wait;
use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The longest that one question whether it is ready may take.
const PROBE: Duration = Duration::from_secs(1);

/// A server that was started here; dropped, it is killed.
pub struct ServerProcess {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it was ready.
    pub ready_after: Duration,
    started_at: Instant,
}

/// Resident memory, in MB of a million bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// Now.
    pub now: f64,
    /// The most since the start, or since [`ServerProcess::reset_peak_memory`].
    pub peak: f64,
}

impl ServerProcess {
    /// Starts the server that will listen at this address, and waits for nothing.
    ///
    /// # Errors
    /// If there is no such program.
    pub fn launch(mut command: Command, address: SocketAddr) -> Result<Self> {
        let started_at = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{:?} could not be started", command.get_program()))?;
        Ok(Self { child, address, ready_after: Duration::ZERO, started_at })
    }

    /// Starts it and waits until this path answers 200.
    ///
    /// # Errors
    /// If it ends before, or is not ready in time.
    pub fn start(command: Command, address: SocketAddr, path: &str) -> Result<Self> {
        let name = format!("{:?}", command.get_program());
        let mut server = Self::launch(command, address)?;
        server.wait_until_ready(path, wait::TIMEOUT).with_context(|| name)?;
        Ok(server)
    }

    /// Waits until this path answers 200.
    ///
    /// # Errors
    /// If it ends before, or is not ready in time.
    pub fn wait_until_ready(&mut self, path: &str, within: Duration) -> Result<()> {
        let mut ended = None;
        let is_done = wait::holds_within(within, || {
            ended = self.exit_status();
            ended.is_some() || self.status_of(path, PROBE) == Some(200)
        });
        match (is_done, ended) {
            (true, None) => self.ready_after = self.started_at.elapsed(),
            (_, Some(status)) => bail!("it ended at once ({status})"),
            (false, None) => bail!("it was not ready within {} s", within.as_secs()),
        }
        Ok(())
    }

    /// The status of a page, or none if there was no HTTP response in time.
    pub fn status_of(&self, path: &str, within: Duration) -> Option<u16> {
        let mut connection = BlockingConnection::open(self.address, within).ok()?;
        connection.get(path).ok().map(|response| response.status)
    }

    /// Its number, for looking at it from outside.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn exit_status(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it ends by itself.
    pub fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        wait::holds_within(time, || matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)));
        self.exit_status()
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        // It may have ended already; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends SIGTERM, and tells how it ended and how long that took; none if it was still there when the time was over.
    ///
    /// # Errors
    /// If it is gone already.
    pub fn stop_within(&mut self, time: Duration) -> Result<Option<(ExitStatus, Duration)>> {
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw).context("a process has a number")?;
        kill_process(id, Signal::TERM)?;
        let took = wait::time_until(time, || matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)));
        Ok(took.zip(self.exit_status()).map(|(took, status)| (status, took)))
    }

    /// Sends SIGTERM, and waits until it has ended.
    ///
    /// # Errors
    /// If it does not stop in time; it is killed then.
    pub fn stop(mut self) -> Result<()> {
        match self.stop_within(wait::TIMEOUT)? {
            Some(_) => Ok(()),
            None => bail!("a server did not stop within {} s", wait::TIMEOUT.as_secs()),
        }
    }

    /// Closes the reading ends of its output pipes: whatever it writes from now on fails.
    pub fn close_its_outputs(&mut self) {
        drop((self.child.stdout.take(), self.child.stderr.take()));
    }

    /// How much memory it has.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()))?;
        let mb = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
            kib.map(|kib| kib * 1024.0 / 1e6).with_context(|| format!("no {name} in its status"))
        };
        Ok(Memory { now: mb("VmRSS:")?, peak: mb("VmHWM:")? })
    }

    /// From now on the peak of its memory is that of from now on.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn reset_peak_memory(&self) -> Result<()> {
        // Source: proc_pid_clear_refs(5): 5 sets the peak to what there is.
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.id()), "5")?)
    }

    /// How much processor time it has taken so far.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()))?;
        // The name before it, in brackets, may hold blanks. Source: proc_pid_stat(5), fields 14 and 15.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: u64 =
            fields.split_ascii_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
