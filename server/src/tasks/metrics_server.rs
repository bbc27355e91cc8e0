//! `/metrics` for Prometheus, on a listener of its own.

use crate::state::AppState;
use actix_web::dev::Server;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

/// The listener for whoever watches: `/metrics` and `/healthz`, and nothing of the shop.
///
/// # Errors
/// If the address cannot be listened on.
pub fn run(house: &Data<AppState>, address: &str) -> std::io::Result<Server> {
    let house = house.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(house.clone())
            .route("/metrics", web::get().to(get))
            .route("/healthz", web::get().to(|| async { HttpResponse::Ok().body("ok\n") }))
    });
    Ok(server.workers(1).disable_signals().bind(address)?.run())
}

async fn get(house: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(house.metrics.render())
}
