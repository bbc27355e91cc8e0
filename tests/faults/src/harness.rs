//! A collector's surroundings for one fault: a database with a shop in it, an address, visitors.

use crate::collector::{Collector, Start};
use crate::disk::Shim;
use crate::ledger::Ledger;
use crate::load::Visitors;
use crate::oracle::{self, Findings};
use anyhow::{Result, anyhow};
use pgtemp::Cluster;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use testkit::program::{self, free_address};
use testkit::tempdir::TempDir;

/// What all faults share.
pub(crate) struct RunContext {
    /// The program under trial.
    pub(crate) binary: PathBuf,
    /// Many cycles, or just enough of them.
    pub(crate) is_long: bool,
    /// Where chance begins.
    pub(crate) seed: u64,
    cluster: OnceLock<Result<Cluster, String>>,
    shim: OnceLock<Result<Shim, String>>,
}

/// Which of the two databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// In this file.
    Sqlite(PathBuf),
    /// At this address.
    Postgres(String),
}

impl Database {
    /// As it is said on the command line.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Sqlite(file) => format!("sqlite://{}", file.display()),
            Self::Postgres(address) => address.clone(),
        }
    }
}

impl RunContext {
    /// For this program.
    pub(crate) fn new(binary: PathBuf, is_long: bool, seed: u64) -> Self {
        Self { binary, is_long, seed, cluster: OnceLock::new(), shim: OnceLock::new() }
    }

    /// So many in the long form, so many in the short one.
    pub(crate) fn so_many<T>(&self, short: T, long: T) -> T {
        if self.is_long { long } else { short }
    }

    /// The private PostgreSQL, or why there is none.
    pub(crate) fn cluster(&self) -> Result<&Cluster, String> {
        self.cluster
            .get_or_init(|| Cluster::start().map_err(|e| format!("{e:#}")))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// What stands between the program and its disk, or why it cannot be made.
    pub(crate) fn shim(&self) -> Result<&Shim, String> {
        self.shim.get_or_init(|| Shim::compile().map_err(|e| format!("{e:#}"))).as_ref().map_err(Clone::clone)
    }
}

/// A database with a shop in it, and an address for a collector.
pub(crate) struct Harness<'h> {
    context: &'h RunContext,
    /// Where everything of this fault lies.
    pub(crate) place: TempDir,
    /// Where responses are kept.
    pub(crate) database: Database,
    /// The shop's key.
    pub(crate) shop: String,
    /// Where the collector listens.
    pub(crate) address: SocketAddr,
}

impl<'h> Harness<'h> {
    /// On a file of its own.
    pub(crate) fn on_sqlite(context: &'h RunContext) -> Result<Self> {
        let place = TempDir::new("fault")?;
        let file = place.file("tableside.db");
        Self::build(context, place, Database::Sqlite(file))
    }

    /// On a file that lies elsewhere.
    pub(crate) fn on_file(context: &'h RunContext, file: &Path) -> Result<Self> {
        Self::build(context, TempDir::new("fault")?, Database::Sqlite(file.to_owned()))
    }

    /// On a database of its own.
    pub(crate) fn on_postgres(context: &'h RunContext) -> Result<Self> {
        let cluster = context.cluster().map_err(|e| anyhow!(e))?;
        Self::build(context, TempDir::new("fault")?, Database::Postgres(cluster.database()?))
    }

    fn build(context: &'h RunContext, place: TempDir, database: Database) -> Result<Self> {
        let shop = program::add_shop(&context.binary, &database.address(), "Kiln", "https://kiln.example")?;
        Ok(Self { context, place, database, shop, address: free_address()? })
    }

    /// How the collector is started as usual.
    pub(crate) fn usual<'s>(&'s self, database: &'s str, log: &'s Path) -> Start<'s> {
        Start {
            binary: &self.context.binary,
            database,
            address: self.address,
            log,
            environment: &[],
            descriptors: None,
            talks_to_pipes: false,
        }
    }

    /// Starts the collector as usual.
    pub(crate) fn start(&self) -> Result<Collector> {
        self.start_with(&[])
    }

    /// Starts the collector with these in its environment.
    pub(crate) fn start_with(&self, environment: &[(String, String)]) -> Result<Collector> {
        let (database, log) = (self.database.address(), self.place.file("log"));
        Collector::start(&Start { environment, ..self.usual(&database, &log) })
    }

    /// Starts a second collector on the same database, at an address of its own.
    pub(crate) fn start_another(&self) -> Result<Collector> {
        let (database, log) = (self.database.address(), self.place.file("another-log"));
        Collector::start(&Start { address: free_address()?, ..self.usual(&database, &log) })
    }

    /// Visitors who write to this collector.
    pub(crate) fn visitors(&self) -> Result<Arc<Visitors>> {
        self.visitors_to(vec![self.address], None)
    }

    /// Visitors who write to these addresses while the disk is recorded.
    pub(crate) fn visitors_to(
        &self,
        to: Vec<SocketAddr>,
        recording: Option<PathBuf>,
    ) -> Result<Arc<Visitors>> {
        let ledger = Ledger::open(&self.place.file("ledger"))?;
        Ok(Visitors::new(&self.shop, to, ledger, recording, self.context.seed))
    }

    /// Compares what visitors know to be stored with what is stored, while the visitors go on.
    pub(crate) fn compare(&self, visitors: &Visitors) -> Result<Findings> {
        let before = visitors.ledger.read()?;
        let kept = match &self.database {
            Database::Postgres(address) => oracle::read_postgres(address)?,
            Database::Sqlite(file) => oracle::read_sqlite(file)?,
        };
        let ledger = oracle::between(&before, visitors.ledger.read()?);
        Ok(oracle::compare(&ledger, &kept, u64::MAX))
    }

    /// What one of the program's short commands prints on this database; an error if it fails.
    pub(crate) fn command(&self, args: &[&str]) -> Result<String> {
        program::printed(&self.context.binary, &self.database.address(), args, "")
    }

    /// Compares what visitors know to be stored with what a collector that is gone left behind. SQLite's files are
    /// copied first, so that the next collector finds them as they were.
    pub(crate) fn compare_as_left(&self, visitors: &Visitors) -> Result<Findings> {
        let Database::Sqlite(file) = &self.database else { return self.compare(visitors) };
        let copies = TempDir::in_memory("copy")?;
        let copy = copies.file("copy.db");
        for ending in ["", "-wal"] {
            let name = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
            if name(file).exists() {
                std::fs::copy(name(file), name(&copy))?;
            }
        }
        Ok(oracle::compare(&visitors.ledger.read()?, &oracle::read_sqlite(&copy)?, u64::MAX))
    }
}
