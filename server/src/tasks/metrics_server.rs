//! `/metrics` for Prometheus and `/healthz`, on a listener of their own. Nothing of a shop is served here.

use crate::state::AppState;
use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

pub fn run(state: &Data<AppState>, address: &str) -> std::io::Result<Server> {
    let state = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/metrics", web::get().to(get))
            .route("/healthz", web::get().to(|| async { HttpResponse::Ok().body("ok\n") }))
    });
    Ok(server.workers(1).disable_signals().bind(address)?.run())
}

async fn get(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(state.metrics.render())
}
