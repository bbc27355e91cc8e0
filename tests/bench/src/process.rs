//! A server as a process of our own: started, asked whether it is ready, weighed, and stopped again.

use crate::http::Connection;
use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that a server may take to begin, or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that was started here; dropped, it is gone.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first good answer to "are you ready?".
    pub ready_after: Duration,
}

/// Memory that is resident, in MB of a million bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// Now.
    pub now: f64,
    /// The most there ever was.
    pub peak: f64,
}

impl Server {
    /// Starts a server that listens on this address, and waits until it is ready.
    ///
    /// # Errors
    /// If it does not start, ends at once, or is not ready in time.
    pub async fn start(mut command: Command, address: SocketAddr) -> Result<Self> {
        let begin = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{:?} could not be started", command.get_program()))?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while !is_ready(address).await {
            if let Some(status) = server.child.try_wait()? {
                bail!("{:?} ended at once: {status}", command.get_program());
            }
            ensure!(begin.elapsed() < PATIENCE, "{:?} is not ready after 20 s", command.get_program());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.ready_after = begin.elapsed();
        Ok(server)
    }

    /// How much memory it has.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mb = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
            kib.map(|kib| kib * 1024.0 / 1e6).with_context(|| format!("no {name} in its status"))
        };
        Ok(Memory { now: mb("VmRSS:")?, peak: mb("VmHWM:")? })
    }

    /// From now on the most memory there ever was is that of from now on.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn forget_peak(&self) -> Result<()> {
        // Source: proc_pid_clear_refs(5): 5 sets the peak to what there is.
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// How much processor time it has taken so far.
    ///
    /// # Errors
    /// If the process is gone.
    pub fn processor(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name before it, in brackets, may hold blanks. Source: proc_pid_stat(5), fields 14 and 15.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: u64 =
            fields.split_ascii_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        Ok(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Tells it to stop, and waits until it has.
    ///
    /// # Errors
    /// If it does not stop in time; it is killed then.
    pub fn stop(mut self) -> Result<()> {
        tell(&self.child, Signal::TERM)?;
        wait(&mut self.child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a child of ours a signal.
///
/// # Errors
/// If it is gone.
pub fn tell(child: &Child, signal: Signal) -> Result<()> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process without a number")?;
    Ok(kill_process(id, signal)?)
}

/// Waits until a child of ours has ended.
///
/// # Errors
/// If it does not in time.
pub fn wait(child: &mut Child) -> Result<()> {
    let begin = Instant::now();
    while child.try_wait()?.is_none() {
        ensure!(begin.elapsed() < PATIENCE, "a server did not stop within 20 s");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A port on the loopback interface that nobody has at this moment.
///
/// # Errors
/// If there is none.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let asked = connection.ask(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await;
    asked.is_ok_and(|answer| answer.status == 200)
}
