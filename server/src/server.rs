//! Starting the collector, and stopping it without losing anything.
#![expect(clippy::print_stdout, reason = "the first lines on the screen tell where to go")]

use crate::caches::check_in_counter;
use crate::cli;
use crate::cli::ServeArgs;
use crate::db::{Db, DbError, counter_rebuild, counters, users};
use crate::error::Failure;
use crate::events::visitor_streams;
use crate::limits::Rates;
use crate::metrics;
use crate::owner::auth::session;
use crate::router::app;
use crate::state::House;
use crate::tasks::conversation_scheduler;
use crate::tasks::postgres_analyze;
use crate::time::clock::clock;
use crate::time::zone::Days;
use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::web::Data;
use futures_util::future::join;
use std::error::Error;
use std::io::IsTerminal as _;
use std::time::Duration;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogForm {
    /// For people.
    Pretty,
    /// One JSON object a line, for programs.
    Json,
}

/// Starts the collector and runs it until it is told to stop.
///
/// # Errors
/// One sentence for whoever started it.
pub async fn serve(args: ServeArgs) -> Result<(), Box<dyn Error>> {
    log_as(args.log);
    // As many connections as the machine allows; many a shell starts programs with 1,024.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let house = open_house(&args).await?;
    let server = listen(&house, &args.listen)?;
    if let Some(address) = &args.metrics_listen {
        let watched =
            metrics::listen(&house, address).map_err(|e| format!("cannot listen on {address}: {e}"))?;
        actix_web::rt::spawn(watched);
    }
    println!("Tableside is listening on {}", house.public_url);
    // Beside the server, which answers even while the database takes its time.
    let opening = house.clone();
    actix_web::rt::spawn(async move {
        match first_run_link(&opening).await {
            Ok(Some(link)) => {
                println!("Nobody can sign in yet. Open this link within an hour to set things up:\n  {link}");
            }
            Ok(None) => {}
            Err(failure) => failure.log(),
        }
    });
    run(&house, server).await?;
    Ok(())
}

/// The link to the first-run page, while nobody can sign in.
async fn first_run_link(house: &House) -> Result<Option<String>, Failure> {
    match users::count(&house.db).await? {
        0 => session::make_entrance(house, None).await.map(Some),
        _ => Ok(None),
    }
}

/// Runs the server until somebody says stop: then nothing new is taken, what was taken is stored and answered, open
/// pages are told, and the database is closed.
///
/// # Errors
/// If the server itself failed.
pub async fn run(house: &Data<House>, server: Server) -> std::io::Result<()> {
    let (handle, stopping) = (server.handle(), house.clone());
    actix_web::rt::spawn(async move {
        if told_to_stop().await.is_ok() {
            stopping.news.close();
            handle.stop(true).await;
        }
    });
    let clerk = actix_web::rt::spawn(conversation_scheduler::work(house.clone()));
    actix_web::rt::spawn(check_in_counter::work(house.clone()));
    let sender = actix_web::rt::spawn(crate::tasks::mail_delivery::work(house.clone()));
    actix_web::rt::spawn(visitor_streams::pass_on(house.clone()));
    actix_web::rt::spawn(postgres_analyze::work(house.db.clone()));
    server.await?;
    check_in_counter::write(house).await;
    // What is on its way to a mail server is noted as sent, or goes a second time. Whoever stops us may not wait for long.
    let _ = tokio::time::timeout(IN_HAND, join(sender, clerk)).await;
    house.db.close().await;
    Ok(())
}

/// How long mail that is being handed over, and a round of the clerk, may take when we stop.
const IN_HAND: Duration = Duration::from_secs(5);

/// Waits for SIGTERM or Ctrl-C.
async fn told_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

/// Opens the database and everything that goes with it.
///
/// # Errors
/// One sentence for whoever started it.
pub async fn open_house(args: &ServeArgs) -> Result<Data<House>, Box<dyn Error>> {
    let public_url = match &args.public_url {
        Some(url) => public_url(url)?,
        None => format!("http://{}", args.listen),
    };
    let office = args.mail.office(&args.database.database)?;
    let db = crate::db::open(&args.database.database).await?;
    count_once(&db).await?;
    let rates = Rates {
        per_address: args.rate_per_address,
        per_shop: args.rate_per_shop,
        sign_ins: args.rate_sign_ins,
    };
    let house = cli::house(db, public_url, rates, args.trusted_proxy.clone())?;
    Ok(Data::new(House { office, ..house }))
}

/// Counts what is there already where counts were never kept: an older version's database, or an empty one.
async fn count_once(db: &Db) -> Result<(), DbError> {
    if counters::marks(db).await?.is_none() {
        tracing::info!("counting every response once");
        let responses = counter_rebuild::rebuild(db, Days::of("UTC").number(clock().now_ms())).await?;
        tracing::info!(responses, "counted; from now on counts are kept");
    }
    Ok(())
}

/// An address that visitors reach us under: https, or http on this very machine, without a path.
fn public_url(text: &str) -> Result<String, String> {
    let rule = crate::domain::allowed_origin::OriginRule::parse(text)
        .ok()
        .filter(|rule| !rule.as_str().contains('*'));
    rule.map(|rule| rule.as_str().to_owned()).ok_or_else(|| {
        format!("{text:?} cannot be the public address; it looks like https://feedback.shop.example")
    })
}

/// The most connections for each of the workers, one a processor: enough for a crowd that does nothing, few enough to
/// fit into a small machine's memory.
const CONNECTIONS_MAX: usize = 10_000;

/// Binds the address and makes the server that answers there.
///
/// # Errors
/// If the address cannot be listened on.
pub fn listen(house: &Data<House>, address: &str) -> Result<Server, Box<dyn Error>> {
    let (shared, crowd) = (house.clone(), house.crowd.clone());
    let server = HttpServer::new(move || app(shared.clone()))
        .on_connect(move |_, connection| crowd.enter(connection))
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(120))
        .max_connections(CONNECTIONS_MAX)
        .shutdown_timeout(8)
        .disable_signals()
        .bind(address)
        .map_err(|e| format!("cannot listen on {address}: {e}"))?;
    Ok(server.run())
}

/// What is logged unless `RUST_LOG` says otherwise. That a stranger sent something that is no request is no error of ours.
const LOGGED: &str = "warn,server=info,actix_http::h1::dispatcher=off";

/// Writes the log to standard error; `RUST_LOG` chooses how much of it.
pub fn log_as(form: LogForm) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // Nobody reads the log any more: there is nothing to be said about that, and nobody to hear it.
        .log_internal_errors(false);
    // A second call, as in the demo, changes nothing.
    let _ = match form {
        LogForm::Pretty => log.try_init(),
        LogForm::Json => log.json().try_init(),
    };
}
