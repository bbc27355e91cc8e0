//! `POST /v1/check-ins`: a trigger showed a check-in, or the visitor dismissed it.

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

/// A visitor who opened the launcher was not asked, so that only the moments of triggers count.
pub async fn post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (report, _) = json_body::read_json::<CheckInReport>(&request, payload).await?;
    let now_ms = state.clock.now_ms();
    state.limits.check(&request, now_ms)?;
    let shop = ShopKey::parse(&report.shop)?;
    let what = CheckIn::named(&report.what).ok_or(Refusal::of("what", Code::Malformed))?;
    if !matches!(report.moment, Moment::MidJourney | Moment::AfterCheckout) {
        return Err(Refusal::of("moment", Code::Malformed).into());
    }
    let cached_shop = state.shop_cache.find(&state.db, &shop, now_ms).await?;
    let cached_shop = cached_shop.ok_or(Refusal::of("shop", Code::NoSuchShop))?;
    state.check_ins.record((shop, cached_shop.zone.number(now_ms), report.moment), what);
    Ok(HttpResponse::NoContent().finish())
}
