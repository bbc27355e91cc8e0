//! `/settings/tag-seen`: where the tag was seen, as a piece of a page; the script asks for it while somebody waits.

use crate::db::shops;
use crate::error::Failure;
use crate::owner::auth::session::SignedIn;
use crate::owner::settings::tag_status_view::{Seen, latest, seen};
use crate::state::House;
use crate::text::form_fields::Fields;
use crate::web::html_response;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/settings/tag_status.html")]
struct SeenPiece {
    seen: Vec<Seen>,
}

#[derive(Template)]
#[template(path = "owner/settings/allowed_origins.html")]
struct PlacesPiece {
    places: Vec<Seen>,
    remove_action: String,
}

/// The piece: with `list` every place, else the one to speak about.
///
/// # Errors
/// What the database says.
pub async fn show(who: SignedIn, query: Query<Fields>, house: Data<House>) -> Result<HttpResponse, Failure> {
    let places = shops::places(&house.db, &who.shop.key).await?;
    let now_ms = house.clock.now_ms();
    let html = if query.has("list") {
        let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
        let remove_action = for_shop("/settings/origins/remove", choice);
        PlacesPiece { places: seen(&places, now_ms), remove_action }.render()?
    } else {
        SeenPiece { seen: latest(&places, now_ms) }.render()?
    };
    Ok(html_response::page(HttpResponse::Ok(), html))
}
