//! Counts every response by kind and outcome.

use crate::state::AppState;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use std::time::Instant;

pub async fn record<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let began = Instant::now();
    let response = next.call(request).await?;
    if let Some(state) = response.request().app_data::<Data<AppState>>() {
        state.metrics.record(response.request().path(), response.status().as_u16(), began.elapsed());
    }
    Ok(response)
}
