//! `POST /v1/check-ins`: a visitor was asked by a trigger, or put the question off.

use crate::error::AppError;
use crate::state::AppState;
use crate::web::json_body;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared::check_in::CheckIn;
use shared::ids::ShopKey;
use shared::moment::Moment;
use shared::refusal::{Code, Refusal};
use shared::wire::CheckInReport;

/// Hears what became of a check-in. Only those that come by themselves are one; who opens the launcher was not asked.
///
/// # Errors
/// 4xx with the field that was not fine; 429 if it is told too often.
pub async fn post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (wire, _) = json_body::read_json::<CheckInReport>(&request, payload).await?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let shop = ShopKey::parse(&wire.shop)?;
    let what = CheckIn::named(&wire.what).ok_or(Refusal::of("what", Code::Malformed))?;
    if !matches!(wire.moment, Moment::MidJourney | Moment::AfterCheckout) {
        return Err(Refusal::of("moment", Code::Malformed).into());
    }
    let known = state.shop_cache.find(&state.db, &shop, now_ms).await?;
    let known = known.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    state.check_ins.record((shop, known.zone.number(now_ms), wire.moment), what);
    Ok(HttpResponse::NoContent().finish())
}
