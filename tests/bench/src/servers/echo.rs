//! The ceiling: the same body parsed, a small answer, nothing checked and nothing stored.

use actix_web::web::{Json, get, post};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Result;
use shared::wire::{NewResponse, Stored};
use std::net::SocketAddr;

/// Serves until it is stopped.
///
/// # Errors
/// If the address cannot be listened on.
pub(crate) async fn serve(listen: SocketAddr) -> Result<()> {
    let app = || {
        App::new()
            .route("/v1/responses", post().to(answer))
            .route("/readyz", get().to(async || HttpResponse::Ok().body("ready\n")))
    };
    Ok(HttpServer::new(app).bind(listen)?.run().await?)
}

async fn answer(response: Json<NewResponse>) -> HttpResponse {
    HttpResponse::Created().json(Stored { id: response.into_inner().id, receipt: "K7Q-4MD".to_owned() })
}
