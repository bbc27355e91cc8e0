//! The real program, on a free port and a database of its own; it ends with its test.

use crate::clock;
use crate::http::Call;
use crate::owner_session::OwnerSession;
use crate::program;
use crate::server_process::ServerProcess;
use crate::tempdir::TempDir;
use crate::wait::until;
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use pgtemp::Cluster;
use reqwest::Method;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Where a shop stands that no browser visits.
pub const SHOP_ORIGIN: &str = "https://kilnandkettle.example";
/// The variable that chooses the database: `postgres`, or anything else for SQLite.
const DATABASE: &str = "TABLESIDE_TEST_DATABASE";
/// Every owner's password.
pub const PASSWORD: &str = "correct horse battery";

/// A shop, as `tableside shop add` printed it.
#[derive(Debug, Clone)]
pub struct ShopFixture {
    /// Its key.
    pub key: String,
    /// The line to paste.
    pub tag: String,
}

/// A folder with a database, before the program is started on it.
pub struct TestServerBuilder {
    folder: TempDir,
    /// Made when it is first needed.
    database: OnceLock<String>,
    address: SocketAddr,
    /// More for the command line of `serve`.
    options: Vec<String>,
}

impl Default for TestServerBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl TestServerBuilder {
    /// An empty folder, a free port, and the clock of this test run.
    pub fn new() -> Self {
        let folder = TempDir::new("server").expect("a folder for the database");
        let address = program::free_address().expect("a free port");
        let builder = Self { folder, database: OnceLock::new(), address, options: Vec::new() };
        builder.set_clock(clock::ahead_ms());
        builder
    }

    /// With the machine's time, which is also the time of a browser that visits.
    pub fn at_the_machines_time(self) -> Self {
        self.set_clock(0);
        self
    }

    /// With the machine's time of day on the next such day, for browsers that must not meet what comes on another.
    pub fn on_the_next(self, weekday: Weekday) -> Self {
        let now = Timestamp::from_millisecond(clock::machine_now_ms()).expect("this century");
        let days = i64::from(weekday.since(now.to_zoned(TimeZone::UTC).weekday())).rem_euclid(7);
        self.set_clock(days * 24 * 60 * 60 * 1_000);
        self
    }

    /// Another option for `serve`.
    pub fn option(mut self, name: &str, value: &str) -> Self {
        self.options.push(name.to_owned());
        // A switch has no value.
        self.options.extend(Some(value).filter(|value| !value.is_empty()).map(str::to_owned));
        self
    }

    /// Without the options it had, for another start.
    pub fn without_options(mut self) -> Self {
        self.options.clear();
        self
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.file(name)
    }

    /// Where the collector will be.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says something to `tableside` on this database.
    pub fn tableside(&self, args: &[&str], input: &str) -> Output {
        program::run(self.command(args), input).expect("tableside can be started")
    }

    /// Adds a shop.
    pub fn shop(&self, name: &str, origin: &str) -> ShopFixture {
        let args = ["shop", "add", name, "--person", "Anna", "--origin", origin, "--public-url", &self.url()];
        let printed = printed(&self.tableside(&args, ""));
        let line = |name: &str| {
            let found = printed.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_else(|| panic!("`shop add` prints {name:?}: {printed}")).to_owned()
        };
        ShopFixture { key: line("key: "), tag: line("tag: ") }
    }

    /// Adds an owner of these shops, or of those without an owner.
    pub fn owner(&self, email: &str, shops: &[&ShopFixture]) {
        let mut args = vec!["owner", "add", email, "--password-stdin"];
        args.extend(shops.iter().flat_map(|shop| ["--shop", &shop.key]));
        printed(&self.tableside(&args, PASSWORD));
    }

    /// Starts the collector and waits until it can store something.
    pub async fn start(self) -> TestServer {
        let log = |name: &str| std::fs::File::create(self.folder.file(name)).expect("a file for the log");
        let mut serve = self.command(&["serve", "--listen", &self.address.to_string()]);
        serve.args(&self.options).stdout(log("said")).stderr(log("log"));
        let mut process = ServerProcess::launch(serve, self.address).expect("tableside can be started");
        let url = self.url();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without encryption needs nothing");
        // Not by the process's own way of waiting, which blocks: the mail server and the shop's site run on this thread.
        until("the collector is ready", || {
            let ended = process.exit_status();
            assert!(ended.is_none(), "tableside ended by itself ({ended:?}): {}", self.read("log"));
            let answer = http.get(format!("{url}/readyz")).send();
            async { answer.await.and_then(reqwest::Response::error_for_status) }
        })
        .await;
        TestServer { builder: self, process, url, http, may_err: false }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = program::command(&program::path(), self.database(), args);
        command.env("TABLESIDE_TEST_CLOCK", self.clock());
        command
    }

    /// The address of a database of its own: a file in the folder, or one in a PostgreSQL that all tests of this run
    /// share and that is gone with them.
    fn database(&self) -> &str {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        self.database.get_or_init(|| match std::env::var(DATABASE).as_deref() {
            Ok("postgres") => {
                let cluster = CLUSTER.get_or_init(|| Cluster::start().expect("a PostgreSQL of our own"));
                cluster.database().expect("a database in it")
            }
            Ok(_) | Err(_) => self.folder.sqlite("tableside.db"),
        })
    }

    fn set_clock(&self, ahead_ms: i64) {
        std::fs::write(self.clock(), ahead_ms.to_string()).expect("the clock can be set");
    }

    fn clock(&self) -> PathBuf {
        self.folder.file("clock")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.file(name)).unwrap_or_default()
    }
}

/// The running collector.
pub struct TestServer {
    builder: TestServerBuilder,
    process: ServerProcess,
    /// Its address, without a slash at the end.
    pub url: String,
    /// A client that follows nothing and keeps nothing.
    pub http: reqwest::Client,
    may_err: bool,
}

impl TestServer {
    /// A collector with one shop and its owner, `anna@…`.
    pub async fn with_a_shop() -> (Self, ShopFixture) {
        let builder = TestServerBuilder::new();
        let shop = builder.shop("Kiln & Kettle", SHOP_ORIGIN);
        builder.owner("anna@kilnandkettle.example", &[&shop]);
        (builder.start().await, shop)
    }

    /// A request, yet to be sent.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method is a word");
        Call::new(self.http.request(method, [&self.url, path].concat()), &self.url)
    }

    /// A `GET` as a browser's address bar sends it.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// Signs in with the password that every owner here has.
    pub async fn owner(&self, email: &str) -> OwnerSession<'_> {
        OwnerSession::sign_in(self, email).await
    }

    /// Says something to `tableside` on the database of the running collector.
    pub fn tableside(&self, args: &[&str], input: &str) -> Output {
        self.builder.tableside(args, input)
    }

    /// What the program has said on its standard output.
    pub fn said(&self) -> String {
        self.builder.read("said")
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        self.builder.read("log")
    }

    /// For tests that bring about what the program must complain about.
    pub fn may_complain(&mut self) {
        self.may_err = true;
    }

    /// Its number, for looking at it from outside.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Turns its clock forward, from now on and also when it is started again.
    pub fn turn_the_clock(&self, further_ms: i64) {
        let file = self.builder.clock();
        let ahead = std::fs::read_to_string(&file).ok().and_then(|ahead| ahead.parse::<i64>().ok());
        // In one step: the clock is read all the time.
        let next = file.with_extension("next");
        std::fs::write(&next, (ahead.unwrap_or(0) + further_ms).to_string()).expect("the clock can be set");
        std::fs::rename(next, file).expect("the clock can be turned");
    }

    /// Kills it, as a power cut would; what is left can be opened again on the same port.
    pub fn stopped(mut self) -> TestServerBuilder {
        self.process.kill();
        std::mem::take(&mut self.builder)
    }

    /// Kills it and starts it again on the same database and port.
    pub async fn restarted(self) -> Self {
        self.stopped().start().await
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.process.kill();
        let log = self.log();
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "it explains why the test failed")]
            {
                eprintln!("what the collector wrote to its log:\n{log}");
            }
        } else if !self.may_err {
            assert!(!log.contains(" ERROR "), "the collector complained about itself:\n{log}");
        }
    }
}

/// What a command printed, if it succeeded.
///
/// # Panics
/// If it did not.
pub fn printed(output: &Output) -> String {
    let say = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "tableside ended with {}: {}", output.status, say(&output.stderr));
    say(&output.stdout)
}
