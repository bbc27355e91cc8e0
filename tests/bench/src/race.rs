//! The rounds: every server gets the same load in turn, again and again, on each database.

use crate::figures::{Figures, middle};
use crate::load::load;
use crate::rows::{self, Rows};
use crate::targets::{self, Race, Verdict};
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
pub struct Racer {
    /// Who it is.
    pub name: &'static str,
    /// Its processes; the clients are shared out among them.
    pub servers: Vec<ServerProcess>,
    /// What was measured, by how many clients there were.
    pub rounds: BTreeMap<usize, Vec<Figures>>,
    shop: String,
    acknowledged: u64,
    /// Requests that got no answer, which may be stored or not.
    uncertain: u64,
}

impl Racer {
    fn new(name: &'static str, servers: Vec<ServerProcess>, shop: &str) -> Self {
        Self { name, servers, rounds: BTreeMap::new(), shop: shop.to_owned(), acknowledged: 0, uncertain: 0 }
    }

    /// The median of the rounds with so many clients.
    pub fn middle(&self, clients: usize) -> Figures {
        middle(self.rounds.get(&clients).map(Vec::as_slice).unwrap_or_default())
    }

    /// The most memory that any of its processes ever had, in MB.
    ///
    /// # Errors
    /// If one is gone.
    pub fn peak_memory(&self) -> Result<f64> {
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
pub async fn sqlite(plan: &Plan) -> Result<Vec<Verdict>> {
    let folder = TempDir::new("sqlite")?;
    let database = folder.sqlite("collector.db");
    let shop = collector::add_shop(&plan.program, &database)?;
    let collector = start(plan, &database).await?;
    let mut racers = [
        echo().await?,
        naive(plan, &folder.sqlite("naive.db")).await?,
        Racer::new("collector", vec![collector], &shop),
        uncounted(plan, &folder.sqlite("uncounted.db")).await?,
    ];
    warm_up(plan, &mut racers).await?;
    run(plan, &mut racers).await?;
    println!("{}", report::rounds("SQLite", &racers)?);
    let [echo, naive, mut collector, uncounted] = racers;
    let race = Race { database: "SQLite", echo: &echo, naive: &naive, collector: &collector };
    let mut verdicts = targets::sqlite(&race, &uncounted)?;
    if !plan.only_rounds {
        verdicts.push(burst(&mut collector).await?);
        verdicts.push(targets::full_load(collector.peak_memory()?));
    }
    let thrown_away = rows::count(&folder.sqlite("uncounted.db"), &uncounted.shop).await?;
    ensure!(thrown_away.stored > 0 && thrown_away.counted == 0, "the counts were not thrown away");
    drop((echo, naive, uncounted));
    if !plan.only_rounds {
        // Begun anew, so that what the load left behind in its memory is not taken for sockets.
        collector.servers.drain(..).try_for_each(ServerProcess::stop)?;
        collector.servers.push(start(plan, &database).await?);
        verdicts.extend(sockets(plan, &mut collector).await?);
    }
    verdicts.push(kept("SQLite", &[&collector], rows::count(&database, &shop).await?));
    collector.servers.drain(..).try_for_each(ServerProcess::stop)?;
    if !plan.only_rounds {
        verdicts.extend(from_start::measure(&plan.program, &folder.sqlite("start.db")).await?);
    }
    Ok(verdicts)
}

/// Everything on PostgreSQL, with one collector and with two on the same database.
///
/// # Errors
/// If something does not start, or stops on its own.
pub async fn postgres(plan: &Plan) -> Result<Vec<Verdict>> {
    let cluster = Cluster::start_with(&plan.environment())?;
    let database = cluster.database()?;
    let shop = collector::add_shop(&plan.program, &database)?;
    let mut starts = Vec::new();
    for _ in 0..3 {
        starts.push(start(plan, &database).await?);
    }
    let two = starts.split_off(1);
    let mut racers = [
        echo().await?,
        naive(plan, &cluster.database()?).await?,
        Racer::new("collector", starts, &shop),
        Racer::new("two collectors", two, &shop),
    ];
    warm_up(plan, &mut racers).await?;
    run(plan, &mut racers).await?;
    println!("{}", report::rounds("PostgreSQL", &racers)?);
    let [echo, naive, mut collector, two] = racers;
    let race = Race { database: "PostgreSQL", echo: &echo, naive: &naive, collector: &collector };
    let mut verdicts = targets::postgres(&race, &two)?;
    if !plan.only_rounds {
        verdicts.push(burst(&mut collector).await?);
    }
    verdicts.push(kept("PostgreSQL", &[&collector, &two], rows::count(&database, &shop).await?));
    collector.servers.into_iter().chain(two.servers).try_for_each(ServerProcess::stop)?;
    Ok(verdicts)
}

async fn start(plan: &Plan, database: &str) -> Result<ServerProcess> {
    let address = free_address()?;
    let mut command = collector::command(&plan.program, address, database);
    command.envs(plan.environment());
    collector::wait_for(command, address)
}

/// The collector on a database that throws every count away.
async fn uncounted(plan: &Plan, database: &str) -> Result<Racer> {
    let shop = collector::add_shop(&plan.program, database)?;
    rows::throw_counts_away(database).await?;
    let server = start(plan, database).await?;
    Ok(Racer::new("without counts", vec![server], &shop))
}

async fn echo() -> Result<Racer> {
    let address = free_address()?;
    let server = collector::wait_for(servers::echo(address)?, address)?;
    Ok(Racer::new("echo", vec![server], "kiln"))
}

async fn naive(plan: &Plan, database: &str) -> Result<Racer> {
    let address = free_address()?;
    let mut command = servers::naive(address, database)?;
    command.envs(plan.environment());
    let server = collector::wait_for(command, address)?;
    Ok(Racer::new("plain insert", vec![server], "kiln"))
}

async fn warm_up(plan: &Plan, racers: &mut [Racer]) -> Result<()> {
    for racer in racers.iter_mut() {
        racer.load(64, plan.load / 2).await?;
    }
    Ok(())
}

async fn run(plan: &Plan, racers: &mut [Racer]) -> Result<()> {
    for _ in 0..plan.rounds {
        for clients in CLIENTS {
            for racer in racers.iter_mut() {
                let figures = racer.load(clients, plan.load).await?;
                racer.rounds.entry(clients).or_default().push(figures);
            }
        }
    }
    Ok(())
}

async fn burst(collector: &mut Racer) -> Result<Verdict> {
    let mut bursts = Vec::new();
    for _ in 0..3 {
        let burst = burst::burst(&collector.addresses(), &collector.shop).await?;
        collector.acknowledged += burst.good;
        collector.uncertain += burst.broken;
        bursts.push(burst);
    }
    Ok(targets::burst(&bursts))
}

async fn sockets(plan: &Plan, collector: &mut Racer) -> Result<Vec<Verdict>> {
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
fn kept(database: &str, racers: &[&Racer], rows: Rows) -> Verdict {
    let acknowledged = racers.iter().map(|racer| racer.acknowledged).sum();
    let uncertain = racers.iter().map(|racer| racer.uncertain).sum();
    targets::kept(database, acknowledged, uncertain, rows)
}
