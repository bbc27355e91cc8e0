//! The rounds: every server gets the same load in turn, again and again, on each database.

use crate::figures::{Figures, middle};
use crate::load::load;
use crate::rows::{self, Rows};
use crate::targets::{self, Comparison, TargetResult};
use crate::{Plan, burst, collector, report, servers, sockets, start as from_start};
use anyhow::{Result, ensure};
use pgtemp::Cluster;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::program::free_address;
use testkit::server_process::ServerProcess;
use testkit::tempdir::TempDir;

/// How many clients there are at once.
const CLIENTS: [usize; 3] = [1, 64, 256];

/// One of those that are compared.
pub(crate) struct Contestant {
    /// Who it is.
    pub(crate) name: &'static str,
    /// Its processes; the clients are shared out among them.
    pub(crate) servers: Vec<ServerProcess>,
    /// What was measured, by how many clients there were.
    pub(crate) rounds: BTreeMap<usize, Vec<Figures>>,
    shop: String,
    acknowledged: u64,
    /// Requests that got no answer, which may be stored or not.
    uncertain: u64,
}

impl Contestant {
    fn new(name: &'static str, servers: Vec<ServerProcess>, shop: &str) -> Self {
        Self { name, servers, rounds: BTreeMap::new(), shop: shop.to_owned(), acknowledged: 0, uncertain: 0 }
    }

    /// The median of the rounds with so many clients.
    pub(crate) fn middle(&self, clients: usize) -> Figures {
        middle(self.rounds.get(&clients).map(Vec::as_slice).unwrap_or_default())
    }

    /// The most memory that any of its processes ever had, in MB.
    ///
    /// # Errors
    /// If one is gone.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        self.servers.iter().try_fold(0.0, |most: f64, server| Ok(most.max(server.memory()?.peak)))
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(|server| server.address).collect()
    }

    fn processor(&self) -> Result<Duration> {
        self.servers.iter().map(ServerProcess::processor_time).sum()
    }

    async fn load(&mut self, clients: usize, how_long: Duration) -> Result<Figures> {
        let before = self.processor()?;
        let tally = load(&self.addresses(), &self.shop, clients, how_long).await?;
        let took = self.processor()?.saturating_sub(before);
        self.acknowledged += tally.good;
        self.uncertain += tally.broken;
        let processor_us = took.as_secs_f64() * 1e6 / tally.good.max(1) as f64;
        Ok(Figures { processor_us, ..tally.figures() })
    }
}

/// Everything on SQLite.
///
/// # Errors
/// If something does not start, or stops on its own.
pub(crate) async fn sqlite(plan: &Plan) -> Result<Vec<TargetResult>> {
    let folder = TempDir::new("sqlite")?;
    let database = folder.sqlite("collector.db");
    let shop = collector::add_shop(&plan.program, &database)?;
    let collector = start(plan, &database).await?;
    let mut contestants = [
        echo().await?,
        insert_per_request(plan, &folder.sqlite("insert_per_request.db")).await?,
        Contestant::new("collector", vec![collector], &shop),
        uncounted(plan, &folder.sqlite("uncounted.db")).await?,
    ];
    warm_up(plan, &mut contestants).await?;
    run(plan, &mut contestants).await?;
    println!("{}", report::rounds("SQLite", &contestants)?);
    let [echo, insert_per_request, mut collector, uncounted] = contestants;
    let comparison = Comparison {
        database: "SQLite",
        echo: &echo,
        insert_per_request: &insert_per_request,
        collector: &collector,
    };
    let mut results = targets::sqlite(&comparison, &uncounted)?;
    if !plan.only_rounds {
        results.push(burst(&mut collector).await?);
        results.push(targets::full_load(collector.peak_memory()?));
    }
    let thrown_away = rows::count(&folder.sqlite("uncounted.db"), &uncounted.shop).await?;
    ensure!(thrown_away.stored > 0 && thrown_away.counted == 0, "the counts were not thrown away");
    drop((echo, insert_per_request, uncounted));
    if !plan.only_rounds {
        // Begun anew, so that what the load left behind in its memory is not taken for sockets.
        collector.servers.drain(..).try_for_each(ServerProcess::stop)?;
        collector.servers.push(start(plan, &database).await?);
        results.extend(sockets(plan, &mut collector).await?);
    }
    results.push(kept("SQLite", &[&collector], rows::count(&database, &shop).await?));
    collector.servers.drain(..).try_for_each(ServerProcess::stop)?;
    if !plan.only_rounds {
        results.extend(from_start::measure(&plan.program, &folder.sqlite("start.db")).await?);
    }
    Ok(results)
}

/// Everything on PostgreSQL, with one collector and with two on the same database.
///
/// # Errors
/// If something does not start, or stops on its own.
pub(crate) async fn postgres(plan: &Plan) -> Result<Vec<TargetResult>> {
    let cluster = Cluster::start_with(&plan.environment())?;
    let database = cluster.database()?;
    let shop = collector::add_shop(&plan.program, &database)?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        starts.push(start(plan, &database).await?);
    }
    let two = starts.split_off(1);
    let mut contestants = [
        echo().await?,
        insert_per_request(plan, &cluster.database()?).await?,
        Contestant::new("collector", starts, &shop),
        Contestant::new("two collectors", two, &shop),
    ];
    warm_up(plan, &mut contestants).await?;
    run(plan, &mut contestants).await?;
    println!("{}", report::rounds("PostgreSQL", &contestants)?);
    let [echo, insert_per_request, mut collector, two] = contestants;
    let comparison = Comparison {
        database: "PostgreSQL",
        echo: &echo,
        insert_per_request: &insert_per_request,
        collector: &collector,
    };
    let mut results = targets::postgres(&comparison, &two)?;
    if !plan.only_rounds {
        results.push(burst(&mut collector).await?);
    }
    results.push(kept("PostgreSQL", &[&collector, &two], rows::count(&database, &shop).await?));
    collector.servers.into_iter().chain(two.servers).try_for_each(ServerProcess::stop)?;
    Ok(results)
}

async fn start(plan: &Plan, database: &str) -> Result<ServerProcess> {
    let address = free_address()?;
    let mut command = collector::command(&plan.program, address, database);
    command.envs(plan.environment());
    collector::wait_for(command, address)
}

/// The collector on a database that throws every count away.
async fn uncounted(plan: &Plan, database: &str) -> Result<Contestant> {
    let shop = collector::add_shop(&plan.program, database)?;
    rows::throw_counts_away(database).await?;
    let server = start(plan, database).await?;
    Ok(Contestant::new("without counts", vec![server], &shop))
}

async fn echo() -> Result<Contestant> {
    let address = free_address()?;
    let server = collector::wait_for(servers::echo(address)?, address)?;
    Ok(Contestant::new("echo", vec![server], "kiln"))
}

async fn insert_per_request(plan: &Plan, database: &str) -> Result<Contestant> {
    let address = free_address()?;
    let mut command = servers::insert_per_request(address, database)?;
    command.envs(plan.environment());
    let server = collector::wait_for(command, address)?;
    Ok(Contestant::new("plain insert", vec![server], "kiln"))
}

async fn warm_up(plan: &Plan, contestants: &mut [Contestant]) -> Result<()> {
    for contestant in contestants.iter_mut() {
        contestant.load(64, plan.load / 2).await?;
    }
    Ok(())
}

async fn run(plan: &Plan, contestants: &mut [Contestant]) -> Result<()> {
    for _ in 0..plan.rounds {
        for clients in CLIENTS {
            for contestant in contestants.iter_mut() {
                let figures = contestant.load(clients, plan.load).await?;
                contestant.rounds.entry(clients).or_default().push(figures);
            }
        }
    }
    Ok(())
}

async fn burst(collector: &mut Contestant) -> Result<TargetResult> {
    let mut bursts = Vec::new();
    for _ in 0..3 {
        let burst = burst::burst(&collector.addresses(), &collector.shop).await?;
        collector.acknowledged += burst.good;
        collector.uncertain += burst.broken;
        bursts.push(burst);
    }
    Ok(targets::burst(&bursts))
}

async fn sockets(plan: &Plan, collector: &mut Contestant) -> Result<Vec<TargetResult>> {
    let [server] = collector.servers.as_slice() else { return Ok(Vec::new()) };
    let held = match sockets::hold(server, &collector.shop, plan.sockets).await? {
        Ok(held) => held,
        Err(why_not) => {
            println!("{why_not}");
            return Ok(Vec::new());
        }
    };
    collector.acknowledged += held.good;
    collector.uncertain += held.broken;
    Ok(targets::sockets(&held))
}

/// Every response that was acknowledged is there once, and counted once.
fn kept(database: &str, contestants: &[&Contestant], rows: Rows) -> TargetResult {
    let acknowledged = contestants.iter().map(|contestant| contestant.acknowledged).sum();
    let uncertain = contestants.iter().map(|contestant| contestant.uncertain).sum();
    targets::kept(database, acknowledged, uncertain, rows)
}
