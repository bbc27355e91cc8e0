//! `POST /v1/responses` and `PATCH /v1/responses/{id}`.

use crate::domain::counters::Metric;
use crate::domain::device::Device;
use crate::domain::response::{Response, ResponseUpdate, TrackedKeys};
use crate::error::AppError;
use crate::state::AppState;
use crate::web::json_body;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::ids::ResponseId;
use shared::refusal::{Code, Refusal};
use shared::wire::{NewResponse, ResponseChange, Stored};

/// A repeated request gets the same result. 422 if another response has the id; 503 if it could not be stored.
pub async fn post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (wire, body) = json_body::read_json::<NewResponse>(&request, payload).await?;
    let response = Response::parse(wire, &body, Device::from_headers(request.headers()))?;
    Ok(HttpResponse::Created().json(store(&request, &state, response).await?))
}

/// 404 alike for an unknown id and a wrong secret; 503 if it could not be stored.
pub async fn patch(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let id = ResponseId::parse("id", &id)?;
    let (wire, _) = json_body::read_json::<ResponseChange>(&request, payload).await?;
    let (shop, secret_hash, mut change) = ResponseUpdate::parse(wire)?;
    let now_ms = state.clock.now_ms();
    state.limits.response(&request, &shop, now_ms)?;
    // For an unknown shop, the writer gives the same 404 as for an unknown response.
    if let Some(picked) = change.reasons.take()
        && let Some(known) = state.shop_cache.find(&state.db, &shop, now_ms).await?
    {
        let names = &state.tracked_names;
        change.reasons = Some(names.reasons(&state.db, &shop, &known.reasons, picked).await?);
    }
    let stored = state.writer.complete(shop, id, secret_hash, change, now_ms).await?;
    Ok(HttpResponse::Ok().json(stored))
}

/// Used by the widget and the plain form; the limits of the address and of the shop hold for both.
pub async fn store(
    request: &HttpRequest,
    state: &AppState,
    mut response: Response,
) -> Result<Stored, AppError> {
    let now_ms = state.clock.now_ms();
    state.limits.response(request, &response.shop, now_ms)?;
    let shop = state.shop_cache.find(&state.db, &response.shop, now_ms).await?;
    let shop = shop.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    let names = &state.tracked_names;
    let picked = std::mem::take(&mut response.reasons);
    response.reasons = names.reasons(&state.db, &response.shop, &shop.reasons, picked).await?;
    response.counted = TrackedKeys {
        day: shop.zone.number(now_ms),
        hour: shop.zone.hour_of_week(now_ms),
        page: names.resolve(&state.db, &response.shop, Metric::Page, &response.page.path).await?,
        product: names.resolve(&state.db, &response.shop, Metric::Product, &response.product).await?,
    };
    state.writer.store(response, now_ms).await
}
