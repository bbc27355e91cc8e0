//! A PostgreSQL of our own: made in a folder, on a free port of this machine, gone afterwards.

use crate::collector::free_address;
use crate::place::Place;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A private server.
pub struct Cluster {
    place: Place,
    programs: PathBuf,
    port: u16,
    databases: AtomicU32,
}

impl Cluster {
    /// Makes one and starts it, or says why there is none.
    pub fn start() -> Result<Self> {
        let programs = programs().context("there is no PostgreSQL on this machine")?;
        let place = Place::on_disk("postgres")?;
        let cluster = Self { place, programs, port: free_address()?.port(), databases: AtomicU32::new(0) };
        if is_root()? {
            // PostgreSQL refuses to run as root.
            let postgres = number_of(&["-u", "postgres"])?;
            std::os::unix::fs::chown(cluster.place.path(), Some(postgres), None)?;
        }
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "tableside", "-A", "trust", "-E", "UTF8", "--no-sync"])?;
        cluster
            .run("pg_ctl", &["start", "-w", "-D", &data, "-l", &cluster.log(), "-o", &cluster.options()])?;
        Ok(cluster)
    }

    /// A new database in it, by its address.
    pub fn database(&self) -> Result<String> {
        let name = format!("tableside_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        self.run("createdb", &["-h", "127.0.0.1", "-p", &port, "-U", "tableside", &name])?;
        Ok(format!("postgres://tableside@127.0.0.1:{port}/{name}"))
    }

    /// Stops it as a crash would, and starts it again.
    pub fn restart_at_once(&self) -> Result<()> {
        let data = self.data();
        let (log, options) = (self.log(), self.options());
        self.run("pg_ctl", &["restart", "-m", "immediate", "-w", "-D", &data, "-l", &log, "-o", &options])
    }

    fn data(&self) -> String {
        self.place.file("data").display().to_string()
    }

    fn log(&self) -> String {
        self.place.file("log").display().to_string()
    }

    fn options(&self) -> String {
        // After a crash it would sync every file it has; the machine did not crash, so there is nothing to sync.
        format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c recovery_init_sync_method=syncfs",
            self.port
        )
    }

    fn run(&self, program: &str, args: &[&str]) -> Result<()> {
        let program = self.programs.join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // A server that is started keeps what it is given, so it is given nothing that anybody waits for.
        let errors = self.place.path().join("errors");
        let done = command
            .args(args)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&errors)?)
            .status()
            .with_context(|| format!("cannot run {}", program.display()))?;
        if !done.success() {
            bail!("{}: {}", program.display(), std::fs::read_to_string(&errors).unwrap_or_default().trim());
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may not have been started.
        let _ = self.run("pg_ctl", &["stop", "-m", "immediate", "-w", "-D", &self.data()]);
    }
}

/// The newest server's programs.
fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| Path::new(folder).join("initdb").exists())
    })
}

fn is_root() -> Result<bool> {
    Ok(number_of(&["-u"])? == 0)
}

fn number_of(args: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(args).output().context("there is no id here")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("there is no such user")
}
