//! The plain thing: a pool of connections, and an insert for every request. As durable as the collector, but nothing
//! is checked, counted or kept apart.

use actix_web::web::{Data, Json, get, post};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Result;
use shared::wire::{NewResponse, Stored};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};
use std::net::SocketAddr;
use std::str::FromStr as _;
use std::time::Duration;

/// sqlx's default, and what most programs run with.
const POOL: u32 = 10;

const TABLE: &str = "create table if not exists response (shop text not null, id text not null, secret text not null, \
    moment text not null, scale text not null, rating integer not null, comment text not null, \
    page_path text not null, page_title text not null, language text not null, primary key (shop, id))";
const INDEX: &str = "create index if not exists response_by_rating on response (shop, rating)";
const INSERT: &str = "insert into response (shop, id, secret, moment, scale, rating, comment, page_path, page_title, \
    language) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! on {
    ($pool:expr, |$p:ident| $body:expr) => {
        match $pool {
            Pool::Sqlite($p) => $body,
            Pool::Postgres($p) => $body,
        }
    };
}

/// Serves until it is stopped.
///
/// # Errors
/// If the address cannot be listened on or there is no database.
pub(crate) async fn serve(listen: SocketAddr, database: &str) -> Result<()> {
    let pool = open(database).await?;
    for statement in [TABLE, INDEX] {
        on!(&pool, |p| sqlx::query(statement).execute(p).await.map(drop))?;
    }
    let app = move || {
        App::new()
            .app_data(Data::new(pool.clone()))
            .route("/v1/responses", post().to(add))
            .route("/readyz", get().to(async || HttpResponse::Ok().body("ready\n")))
    };
    Ok(HttpServer::new(app).bind(listen)?.run().await?)
}

async fn open(database: &str) -> Result<Pool> {
    if database.starts_with("postgres") {
        return Ok(Pool::Postgres(PgPoolOptions::new().max_connections(POOL).connect(database).await?));
    }
    let options = SqliteConnectOptions::from_str(database)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    Ok(Pool::Sqlite(SqlitePoolOptions::new().max_connections(POOL).connect_with(options).await?))
}

async fn add(pool: Data<Pool>, response: Json<NewResponse>) -> HttpResponse {
    let response = response.into_inner();
    let page = response.page.map(|page| (page.url, page.title)).unwrap_or_default();
    let done = on!(pool.get_ref(), |p| sqlx::query(INSERT)
        .bind(&response.shop)
        .bind(&response.id)
        .bind(&response.secret)
        .bind(response.moment.as_str())
        .bind(response.scale.as_str())
        .bind(i32::from(response.rating))
        .bind(response.comment.unwrap_or_default())
        .bind(page.0)
        .bind(page.1)
        .bind(response.language.unwrap_or_default())
        .execute(p)
        .await
        .map(drop));
    match done {
        Ok(()) => HttpResponse::Created().json(Stored { id: response.id, receipt: "K7Q-4MD".to_owned() }),
        Err(_) => HttpResponse::InternalServerError().body(""),
    }
}
