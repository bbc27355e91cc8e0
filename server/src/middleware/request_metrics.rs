//! Counts every response by kind and outcome.

use crate::state::AppState;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use std::time::Instant;

/// Counts every answer.
///
/// # Errors
/// Only those of what comes after.
pub async fn record<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let began = Instant::now();
    let answer = next.call(request).await?;
    if let Some(state) = answer.request().app_data::<Data<AppState>>() {
        state.metrics.record(answer.request().path(), answer.status().as_u16(), began.elapsed());
    }
    Ok(answer)
}
