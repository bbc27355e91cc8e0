//! A place to try things out: a folder of its own, and a PostgreSQL database of its own.
#![expect(clippy::print_stderr, reason = "what was not tried has to be said")]

use sqlx::{Connection as _, PgConnection};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The address of a PostgreSQL server where databases may be made; without it, one is started. Databases made on a
/// server that was named stay there, called `tableside_…`.
const SERVER: &str = "TABLESIDE_TEST_POSTGRES";

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!("tableside_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder that is gone afterwards.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of a SQLite file in it.
    pub fn sqlite(&self, name: &str) -> String {
        format!("sqlite://{}", self.file(name).display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The address of a new, empty PostgreSQL database.
pub async fn postgres() -> String {
    static AT: OnceLock<String> = OnceLock::new();
    let server = AT.get_or_init(|| std::env::var(SERVER).unwrap_or_else(|_| start_server()));
    let mut connection = patiently(server).await;
    let name = unique();
    let make =
        |how| sqlx::AssertSqlSafe(format!("create database {name} template template0 encoding 'UTF8' {how}"));
    // A language's own order of letters, which is not that of their bytes: where two databases part first.
    let in_english = sqlx::query(make("locale_provider icu icu_locale 'en' locale 'C'"));
    if let Err(cause) = in_english.execute(&mut connection).await {
        eprintln!(
            "This PostgreSQL cannot sort as English does ({cause}); the tests go on in the order of bytes."
        );
        sqlx::query(make("")).execute(&mut connection).await.unwrap();
    }
    let (place, told) = server.split_once('?').map_or((server.as_str(), ""), |(p, t)| (p, t));
    let (before, _) = place.rsplit_once('/').unwrap();
    format!("{before}/{name}?{told}")
}

/// Connects as soon as somebody listens.
async fn patiently(address: &str) -> PgConnection {
    for _ in 0..200 {
        if let Ok(connection) = PgConnection::connect(address).await {
            return connection;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no PostgreSQL answers at {address}");
}

/// Starts a server that lives no longer than this process: a shell waits for our end of a pipe to close, even when we
/// are killed, and cleans up.
fn start_server() -> String {
    let programs = programs().unwrap_or_else(|| {
        panic!(
            "PostgreSQL is not installed (no initdb found); install it or set {SERVER} to a server's address"
        )
    });
    const LIVE: &str = r#"
        "$1/initdb" --pgdata="$2/data" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >"$2/log" 2>&1
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c shared_buffers=16MB >>"$2/log" 2>&1 &
        read -r _
        kill -QUIT $!
        wait
        rm -rf "$2"
    "#;
    let folder = std::env::temp_dir().join(unique());
    std::fs::create_dir(&folder).unwrap();
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
    let mut shell = if is_root {
        // PostgreSQL refuses to run as root.
        assert!(Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success());
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let child = shell
        .args(["-c", LIVE, "sh"])
        .args([programs.as_path(), folder.as_path()])
        .current_dir("/")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Its end of the pipe stays open until this process ends.
    std::mem::forget(child);
    format!("postgres://postgres@localhost/postgres?host={}", folder.display())
}

/// Where PostgreSQL's programs are, the newest first.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    found.sort_by_key(|bin| {
        bin.parent().and_then(Path::file_name).and_then(|v| v.to_str()?.parse::<u32>().ok())
    });
    found.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.into_iter().chain(std::env::split_paths(&path)).find(|bin| bin.join("initdb").exists())
}
