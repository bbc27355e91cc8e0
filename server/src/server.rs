//! Starting the collector, and stopping it without losing anything.
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

/// Starts the collector and runs it until it is told to stop.
///
/// # Errors
/// One sentence for whoever started it.
pub async fn serve(args: ServeArgs) -> Result<(), Box<dyn Error>> {
    telemetry::init(args.log);
    // As many connections as the machine allows; many a shell starts programs with 1,024.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let state = state_builder::open(&args).await?;
    let server = listen(&state, &args.listen)?;
    if let Some(address) = &args.metrics_listen {
        let watched = crate::tasks::metrics_server::run(&state, address)
            .map_err(|e| format!("cannot listen on {address}: {e}"))?;
        actix_web::rt::spawn(watched);
    }
    println!("Tableside is listening on {}", state.public_url);
    // Beside the server, which answers even while the database takes its time.
    let opening = state.clone();
    actix_web::rt::spawn(async move {
        match first_run_link(&opening).await {
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

/// The link to the first-run page, while nobody can sign in.
async fn first_run_link(state: &AppState) -> Result<Option<String>, AppError> {
    match users::count(&state.db).await? {
        0 => session::create_one_time_link(state, None).await.map(Some),
        _ => Ok(None),
    }
}

/// Runs the server until somebody says stop: then nothing new is taken, what was taken is stored and answered, open
/// pages are told, and the database is closed.
///
/// # Errors
/// If the server itself failed.
pub async fn run(state: &Data<AppState>, server: Server) -> std::io::Result<()> {
    let (handle, stopping) = (server.handle(), state.clone());
    actix_web::rt::spawn(async move {
        if shutdown_signal().await.is_ok() {
            stopping.event_bus.close();
            handle.stop(true).await;
        }
    });
    let clerk = actix_web::rt::spawn(conversation_scheduler::run(state.clone()));
    actix_web::rt::spawn(crate::tasks::check_in_flush::run(state.clone()));
    let sender = actix_web::rt::spawn(crate::tasks::mail_delivery::run(state.clone()));
    actix_web::rt::spawn(crate::tasks::event_fanout::run(state.clone()));
    actix_web::rt::spawn(postgres_analyze::run(state.db.clone()));
    server.await?;
    crate::tasks::check_in_flush::flush(state).await;
    // What is on its way to a mail server is noted as sent, or goes a second time. Whoever stops us may not wait for long.
    let _ = tokio::time::timeout(IN_HAND, join(sender, clerk)).await;
    state.db.close().await;
    Ok(())
}

/// How long mail that is being handed over, and a round of the clerk, may take when we stop.
const IN_HAND: Duration = Duration::from_secs(5);

/// Waits for SIGTERM or Ctrl-C. SIGHUP, SIGUSR1 and SIGUSR2 change nothing: a closed terminal and a log rotation send
/// them, and by default they would end the program at once.
async fn shutdown_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    // A signal that was listened for once never has its default effect again.
    for ignored in [SignalKind::hangup(), SignalKind::user_defined1(), SignalKind::user_defined2()] {
        drop(signal(ignored)?);
    }
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

/// The most connections for each of the workers, one a processor: enough for a crowd that does nothing, few enough to
/// fit into a small machine's memory.
const CONNECTIONS_MAX: usize = 10_000;

/// Binds the address and makes the server that answers there.
///
/// # Errors
/// If the address cannot be listened on.
pub fn listen(state: &Data<AppState>, address: &str) -> Result<Server, Box<dyn Error>> {
    let (shared, connections) = (state.clone(), state.connections.clone());
    let server = HttpServer::new(move || app(shared.clone()))
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
