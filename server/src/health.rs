//! `/healthz` and `/readyz`: what load balancers and supervisors ask.

use crate::error::AppError;
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::web::Data;
use shared::refusal::Code;
use std::time::Duration;

pub(crate) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// For how long after a batch failed the collector counts as not ready.
const FAILURE_MEMORY: Duration = Duration::from_secs(1);

/// A load balancer takes no answer for a failure too.
const READY_TIMEOUT: Duration = Duration::from_secs(3);

/// Ready means that responses can be stored.
pub(crate) async fn readyz(state: Data<AppState>) -> Result<HttpResponse, AppError> {
    state.db.ping().await?;
    // While the last batch could not be stored, only a write can tell whether the next one could.
    let writer_health = state.writer.health();
    if writer_health.failed_within(FAILURE_MEMORY) {
        return Err(Code::Busy.into());
    }
    if writer_health.is_failing() {
        let stored = tokio::time::timeout(READY_TIMEOUT, state.db.can_store()).await;
        stored.map_err(|_| AppError::from(Code::Busy))??;
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}
