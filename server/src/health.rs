//! `/healthz` and `/readyz`: what load balancers and supervisors ask.

use crate::error::AppError;
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::web::Data;
use shared::refusal::Code;
use std::time::Duration;

/// The process is there.
pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// How long a batch that could not be stored counts against us.
const TROUBLE: Duration = Duration::from_secs(1);

/// How long an answer about that may take; who asks would take no answer for a no as well.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// What visitors send can be stored.
pub(crate) async fn readyz(state: Data<AppState>) -> Result<HttpResponse, AppError> {
    state.db.ping().await?;
    // While the last batch could not be stored, only a write can tell whether the next one could.
    let pulse = state.writer.health();
    if pulse.failed_within(TROUBLE) {
        return Err(Code::Busy.into());
    }
    if pulse.is_failing() {
        let stored = tokio::time::timeout(READY_WITHIN, state.db.can_store()).await;
        stored.map_err(|_| AppError::from(Code::Busy))??;
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}
