//! A PostgreSQL of one's own, for tests, faults and benchmarks: made in a folder, on a free port of this machine, and
//! gone afterwards, even if the process that started it is killed.

use anyhow::{Context as _, Result, bail, ensure};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// Waits until its standard input ends, then stops the server at once and cleans up. The process that started us holds the other
/// end, and the system closes it when they are gone, however that came about; Ctrl-C is for them, not for us.
const CARETAKER: &str = r#"trap '' INT TERM; read -r _; "$1/pg_ctl" stop -m immediate -w -D "$2/data" >/dev/null 2>&1; rm -rf "$2""#;

/// A private server, with the settings PostgreSQL comes with: what is committed is on disk.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    environment: Vec<(String, String)>,
    databases: AtomicU32,
    caretaker: Mutex<Child>,
}

impl Cluster {
    /// Makes one and starts it.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// The same, with this in the server's environment.
    ///
    /// # Errors
    /// If PostgreSQL is not installed or does not start.
    pub fn start_with(environment: &[(String, String)]) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let programs = programs()?;
        let name =
            format!("tableside-postgres-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)?;
        if is_root()? {
            // PostgreSQL refuses to run as root.
            chown(&folder, Some(number(&["-u", "postgres"])?), None)?;
        }
        let mut caretaker = as_postgres("sh")?;
        let caretaker = caretaker
            .args(["-c", CARETAKER, "sh"])
            .args([programs.as_path(), folder.as_path()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .spawn()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let databases = AtomicU32::new(0);
        let (environment, caretaker) = (environment.to_vec(), Mutex::new(caretaker));
        let cluster = Self { folder, programs, port, environment, databases, caretaker };
        let data = cluster.file("data");
        let made = ["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
        cluster.run("initdb", &made)?;
        cluster.control("start")?;
        Ok(cluster)
    }

    /// The address of a database in it.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A new, empty database, by its address.
    ///
    /// # Errors
    /// If the server does not make it.
    pub fn database(&self) -> Result<String> {
        let name = format!("tableside_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run("createdb", &["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", &name])?;
        Ok(self.address(&name))
    }

    /// Stops it as a crash would, and starts it again.
    ///
    /// # Errors
    /// If it does not come back.
    pub fn restart_at_once(&self) -> Result<()> {
        self.control("restart")
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn control(&self, what: &str) -> Result<()> {
        // After a crash it would sync every file it has; the machine did not crash, so there is nothing to sync.
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 \
             -c recovery_init_sync_method=syncfs",
            self.port
        );
        let (data, log) = (self.file("data"), self.file("log"));
        let mut how = vec![what, "-w", "-D", &data, "-l", &log, "-o", &options];
        if what == "restart" {
            how.extend(["-m", "immediate"]);
        }
        self.run("pg_ctl", &how)
    }

    fn run(&self, program: &str, args: &[&str]) -> Result<()> {
        let program = self.programs.join(program);
        // A server that is started keeps what it is given, so it is given nothing that another process waits for.
        let errors = self.folder.join("errors");
        let done = as_postgres(program)?
            .args(args)
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&errors)?)
            .status()?;
        ensure!(done.success(), "{args:?}: {}", std::fs::read_to_string(&errors).unwrap_or_default().trim());
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut caretaker = self.caretaker.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        drop(caretaker.stdin.take());
        // Without it nothing is left that could clean up, and nothing can be done about it here.
        let _ = caretaker.wait();
    }
}

/// A command that runs as a user who may run PostgreSQL.
fn as_postgres(program: impl AsRef<std::ffi::OsStr>) -> Result<Command> {
    if !is_root()? {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    Ok(command)
}

/// The newest installed server's programs: where Debian keeps them, or on the way to programs.
fn programs() -> Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    versions.sort();
    let on_the_way = std::env::var_os("PATH").unwrap_or_default();
    let other =
        || std::env::split_paths(&on_the_way).find(|folder| Path::new(folder).join("initdb").exists());
    match versions.pop().map(|(_, programs)| programs).or_else(other) {
        Some(programs) => Ok(programs),
        None => bail!("PostgreSQL is not installed (Debian: `apt-get install postgresql`)"),
    }
}

fn is_root() -> Result<bool> {
    Ok(number(&["-u"])? == 0)
}

fn number(args: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(args).output().context("there is no `id` here")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("there is no such user")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_comes_back_after_a_crash_and_is_gone_afterwards() {
        let cluster = Cluster::start().unwrap();
        cluster.database().unwrap();
        cluster.restart_at_once().unwrap();
        cluster.database().unwrap();
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}
