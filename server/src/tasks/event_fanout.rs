//! Passes changes on to the visitors whose conversations they are about.

use crate::events::visitor_streams::fan_out;
use crate::state::AppState;
use actix_web::web::Data;

pub async fn run(state: Data<AppState>) {
    let mut closing = state.event_bus.closing();
    tokio::select! {
        // An error means that the bus is gone, which happens at shutdown too.
        _ = closing.wait_for(|closing| *closing) => {}
        () = fan_out(state.event_bus.sender().subscribe(), &state.visitor_streams) => {}
    }
}
