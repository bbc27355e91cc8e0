//! Passes changes on to the visitors whose conversations they are about.

use crate::events::visitor_streams::fan_out;
use crate::state::AppState;
use actix_web::web::Data;

/// Passes news on to visitors until the house closes.
pub async fn run(house: Data<AppState>) {
    let mut closing = house.news.closing();
    tokio::select! {
        // An error means that the house is gone.
        _ = closing.wait_for(|closing| *closing) => {}
        () = fan_out(house.news.teller().subscribe(), &house.streams) => {}
    }
}
