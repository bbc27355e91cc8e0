//! `tableside demo`: the collector, and a demo shop on a site of its own.
#![expect(clippy::print_stdout, reason = "three links are what the demo is for")]

use crate::config::DemoArgs;
use crate::db::shops::Shop;
use crate::db::users::Owner;
use crate::db::{shops, users};
use crate::demo_data::OWNER_EMAIL;
use crate::domain::allowed_origin::OriginRule;
use crate::owner::auth::session;
use crate::server;
use crate::state::AppState;
use actix_web::http::header;
use actix_web::web;
use actix_web::{App, HttpResponse, HttpServer};
use std::error::Error;

/// The demo shop has one page; the address decides which part is shown.
const SHOP_PAGE: &str = include_str!("../../../index.html");

pub async fn demo(args: DemoArgs) -> Result<(), Box<dyn Error>> {
    crate::telemetry::init(args.serve.log);
    let state = crate::state_builder::open(&args.serve).await?;
    let shop_url = format!("http://{}", args.shop_listen.replace("127.0.0.1", "localhost"));
    let (owner, shop) = shop_and_owner(&state, &shop_url).await?;
    let collector = server::listen(&state, &args.serve.listen)?;
    let script = format!("{}/s/{}.js", state.public_url, shop.key.as_str());
    let page = SHOP_PAGE.replace("__TAG__", &script);
    let site = HttpServer::new(move || {
        let page = page.clone();
        App::new().default_service(web::to(move || {
            let page = page.clone();
            async move {
                HttpResponse::Ok()
                    .content_type(header::ContentType::html())
                    .insert_header((header::CACHE_CONTROL, "no-cache"))
                    .body(page)
            }
        }))
    })
    .workers(1)
    .disable_signals()
    .bind(&args.shop_listen)
    .map_err(|e| format!("cannot listen on {}: {e}", args.shop_listen))?
    .run();
    let shop_handle = site.handle();
    let link = session::create_one_time_link(&state, Some(&owner.id)).await.map_err(|e| e.to_string())?;
    println!("\n  The demo shop      {shop_url}/");
    println!("  The summary page   {link}");
    println!("  The script tag     {}\n", state.tag(&shop.key));
    actix_web::rt::spawn(site);
    server::run(&state, collector).await?;
    shop_handle.stop(false).await;
    Ok(())
}

/// Creates the demo's shop and owner at the first run.
async fn shop_and_owner(state: &AppState, shop_url: &str) -> Result<(Owner, Shop), Box<dyn Error>> {
    let origin = OriginRule::parse(shop_url)?;
    let now_ms = state.clock.now_ms();
    let owner = users::find_by_email(&state.db, OWNER_EMAIL).await?.map(|(owner, _)| owner);
    let shop = match &owner {
        Some(owner) => {
            shops::list_by_user(&state.db, &owner.id).await?.into_iter().next().map(|(shop, _)| shop)
        }
        None => None,
    };
    let (owner, shop) = match (owner, shop) {
        (Some(owner), Some(shop)) => (owner, shop),
        _ => {
            let owner = Owner {
                id: state.random.new_owner_id(),
                email: OWNER_EMAIL.to_owned(),
                name: "Anna".to_owned(),
            };
            let shop =
                crate::db::shop_defaults::new_shop(state.random.as_ref(), "Kiln & Kettle", "Anna", now_ms);
            let mut tx = state.db.begin().await?;
            // No password fits an empty hash.
            users::insert(&mut tx, &owner, "", now_ms).await?;
            shops::insert(&mut tx, &shop).await?;
            users::insert_member(&mut tx, &shop.key, &owner.id).await?;
            tx.commit().await?;
            (owner, shop)
        }
    };
    let mut tx = state.db.begin().await?;
    shops::insert_origin(&mut tx, &shop.key, &origin, now_ms).await?;
    tx.commit().await?;
    Ok((owner, shop))
}
