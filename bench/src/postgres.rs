//! A PostgreSQL of our own, with the settings it comes with, in a folder that is removed afterwards.

use crate::place::Place;
use crate::process::{free_address, tell, wait};
use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running PostgreSQL; dropped, it is gone.
pub struct Cluster {
    server: Child,
    address: SocketAddr,
    _place: Place,
}

impl Cluster {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub async fn start() -> Result<Self> {
        let programs = programs()?;
        let place = Place::new("postgres")?;
        let user = user()?;
        if let Some((user, group)) = user {
            chown(place.path(), Some(user), Some(group))?;
        }
        let run = |program: &str| {
            let mut command = Command::new(programs.join(program));
            command.current_dir(place.path()).stdin(Stdio::null()).stdout(Stdio::null());
            if let Some((user, group)) = user {
                command.gid(group).uid(user);
            }
            command
        };
        let data = place.path().join("data");
        let made = run("initdb")
            .args([
                "--username",
                "postgres",
                "--auth",
                "trust",
                "--no-locale",
                "--encoding",
                "UTF8",
                "--pgdata",
            ])
            .arg(&data)
            .output()?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let address = free_address()?;
        let log = std::fs::File::create(place.path().join("log"))?;
        let server = run("postgres")
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &address.port().to_string(), "-k"])
            .arg(place.path())
            .stderr(log)
            .spawn()?;
        let cluster = Self { server, address, _place: place };
        let begin = Instant::now();
        while PgConnection::connect(&cluster.database("postgres")).await.is_err() {
            ensure!(begin.elapsed() < Duration::from_secs(20), "PostgreSQL does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(cluster)
    }

    /// The address of a database in it.
    pub fn database(&self, name: &str) -> String {
        format!("postgres://postgres@{}/{name}", self.address)
    }

    /// Makes a database and gives back its address.
    ///
    /// # Errors
    /// If there is one of that name.
    pub async fn create(&self, name: &'static str) -> Result<String> {
        let mut c = PgConnection::connect(&self.database("postgres")).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut c).await?;
        Ok(self.database(name))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // "Fast": whoever is connected is sent away. Source: PostgreSQL documentation, "Shutting Down the Server".
        let stopped = tell(&self.server, Signal::INT).and_then(|()| wait(&mut self.server));
        if stopped.is_err() {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }
}

/// The newest installed PostgreSQL: where Debian keeps them, or on the way to programs.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|folder| {
            let folder = folder.ok()?;
            Some((folder.file_name().to_str()?.parse().ok()?, folder.path().join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    versions.sort();
    if let Some((_, path)) = versions.pop() {
        return Ok(path);
    }
    let paths = std::env::var_os("PATH").unwrap_or_default();
    match std::env::split_paths(&paths).find(|path| path.join("initdb").exists()) {
        Some(path) => Ok(path),
        None => bail!("PostgreSQL is not installed (Debian: `apt-get install postgresql`)"),
    }
}

/// PostgreSQL refuses to run as root; then it runs as the user its package made.
fn user() -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd"))?;
    let line = users.lines().find_map(|line| line.strip_prefix("postgres:"));
    let mut fields = line.context("there is no user called postgres")?.split(':').skip(1);
    let mut number = || fields.next().and_then(|n| n.parse().ok()).context("/etc/passwd cannot be read");
    Ok(Some((number()?, number()?)))
}
