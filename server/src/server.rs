//! Starts the collector, and stops it without losing anything.
#![expect(clippy::print_stdout, reason = "the first lines on the screen tell where to go")]

use crate::config::ServeArgs;
use crate::db::users;
use crate::error::AppError;
use crate::owner::auth::session;
use crate::router::app;
use crate::state::AppState;
use crate::tasks::conversation_scheduler;
use crate::tasks::postgres_analyze;
use crate::{state_builder, telemetry};
use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::web::Data;
use futures_util::future::join;
use std::error::Error;
use std::time::Duration;

pub async fn serve(args: ServeArgs) -> Result<(), Box<dyn Error>> {
    telemetry::init(args.log);
    // As many connections as the machine allows; many a shell starts programs with 1,024.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let state = state_builder::open(&args).await?;
    let server = listen(&state, &args.listen)?;
    if let Some(address) = &args.metrics_listen {
        let metrics_server = crate::tasks::metrics_server::run(&state, address)
            .map_err(|e| format!("cannot listen on {address}: {e}"))?;
        actix_web::rt::spawn(metrics_server);
    }
    println!("Tableside is listening on {}", state.public_url);
    // A separate task, so that the server answers even while the database is slow.
    let first_run_state = state.clone();
    actix_web::rt::spawn(async move {
        match first_run_link(&first_run_state).await {
            Ok(Some(link)) => {
                println!("Nobody can sign in yet. Open this link within an hour to set things up:\n  {link}");
            }
            Ok(None) => {}
            Err(failure) => failure.log(),
        }
    });
    run(&state, server).await?;
    Ok(())
}

/// The link to the first-run page, as long as the database holds no user.
async fn first_run_link(state: &AppState) -> Result<Option<String>, AppError> {
    match users::count(&state.db).await? {
        0 => session::create_one_time_link(state, None).await.map(Some),
        _ => Ok(None),
    }
}

/// Runs until a signal: then the server accepts nothing new, finishes what it has accepted, ends event streams, and
/// closes the database.
pub async fn run(state: &Data<AppState>, server: Server) -> std::io::Result<()> {
    let (handle, stopping) = (server.handle(), state.clone());
    actix_web::rt::spawn(async move {
        if shutdown_signal().await.is_ok() {
            stopping.event_bus.close();
            handle.stop(true).await;
        }
    });
    let scheduler = actix_web::rt::spawn(conversation_scheduler::run(state.clone()));
    actix_web::rt::spawn(crate::tasks::check_in_flush::run(state.clone()));
    let mail_delivery = actix_web::rt::spawn(crate::tasks::mail_delivery::run(state.clone()));
    actix_web::rt::spawn(crate::tasks::event_fanout::run(state.clone()));
    actix_web::rt::spawn(postgres_analyze::run(state.db.clone()));
    server.await?;
    crate::tasks::check_in_flush::flush(state).await;
    // A mail whose delivery is not recorded as sent goes out a second time; a service manager may not wait for long.
    let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, join(mail_delivery, scheduler)).await;
    state.db.close().await;
    Ok(())
}

/// How long mail in delivery, and a pass of the scheduler, may take at shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// SIGTERM or Ctrl-C. SIGHUP, SIGUSR1 and SIGUSR2, which a closed terminal and a log rotation send, would end the program
/// at once by default, and change nothing here.
async fn shutdown_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    // A signal that was listened for once never has its default effect again.
    for ignored in [SignalKind::hangup(), SignalKind::user_defined1(), SignalKind::user_defined2()] {
        drop(signal(ignored)?);
    }
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// For each worker, of which there is one per processor. A small machine's memory holds this many idle connections.
const CONNECTIONS_MAX: usize = 10_000;

pub fn listen(state: &Data<AppState>, address: &str) -> Result<Server, Box<dyn Error>> {
    let (app_state, connections) = (state.clone(), state.connections.clone());
    let server = HttpServer::new(move || app(app_state.clone()))
        .on_connect(move |_, connection| connections.track(connection))
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(120))
        .max_connections(CONNECTIONS_MAX)
        .shutdown_timeout(8)
        .disable_signals()
        .bind(address)
        .map_err(|e| format!("cannot listen on {address}: {e}"))?;
    Ok(server.run())
}
