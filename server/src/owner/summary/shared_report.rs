//! `/board/{token}`: the figures of a shop for a person without an account, such as a member of its board. The page shows no
//! text of a person and no name. An unknown link, an expired one and a revoked one all give 404.

use crate::analytics::headline::{Headline, WaitingCount, headline};
use crate::analytics::period_report;
use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::{share_links, summary_queries};
use crate::domain::response_filter::ResponseFilter;
use crate::error::AppError;
use crate::owner::summary::period_picker::{PeriodLink, chosen_days, links};
use crate::owner::summary::report_view::{ReportContext, ReportView};
use crate::security::secret_hash;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::zone::{Period, ShopZone};
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::ids::{Secret, ShopKey};

#[derive(Template)]
#[template(path = "owner/summary/shared_report.html")]
struct SharedReportPage {
    css: String,
    shop: String,
    headline: Headline,
    report: ReportView,
    /// In words.
    period: String,
    periods: Vec<PeriodLink>,
    /// The last day on which the link works.
    until: String,
    time_zone: String,
}

/// The link holds the shop's key and the secret.
pub fn url(state: &AppState, shop: &ShopKey, secret: &Secret) -> String {
    format!("{}/board/{}.{}", state.public_url, shop.as_str(), secret.reveal())
}

/// The shop, and when the link expires.
async fn find_link(state: &AppState, path: &str) -> Result<Option<(Shop, i64)>, AppError> {
    let Some((key, secret)) = path.split_once('.') else { return Ok(None) };
    let (Ok(key), Ok(secret)) = (ShopKey::parse(key), Secret::parse(secret)) else { return Ok(None) };
    let (db, now_ms) = (&state.db, state.clock.now_ms());
    let Some(link) = share_links::find(db, &key, &secret_hash::hash_token(secret.reveal()), now_ms).await?
    else {
        return Ok(None);
    };
    Ok(shops::find(db, &key).await?.map(|shop| (shop, link.expires_at_ms)))
}

pub async fn get(
    path: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (shop, expires_at_ms) = find_link(&state, &path).await?.ok_or(AppError::NotFound)?;
    let (db, key, now_ms) = (&state.db, &shop.key, state.clock.now_ms());
    let (settings, zone) = (&shop.settings, ShopZone::from_name(&shop.settings.time_zone));
    let days = chosen_days(&query);
    let period = Period::ending(zone.day(now_ms), days);
    let mut period_report = period_report::load(db, key, &zone, period, zone.number(now_ms)).await?;
    // The texts of change markers are for the people of the shop only.
    period_report.markers.clear();
    let promise_ms = state.promises.open_ms(db, &shop, now_ms).await?;
    let waiting = summary_queries::waiting(db, key).await?;
    let waiting = WaitingCount {
        people: waiting.people,
        longest_ms: waiting.oldest_at_ms.map_or(0, |at_ms| now_ms - at_ms),
    };
    let no_links = |_: &ResponseFilter| String::new();
    let context = ReportContext {
        settings,
        period,
        today: zone.number(now_ms),
        promise_ms,
        is_of_one_shop: true,
        mouth: Some(settings.mouth),
        mouth_href: "",
        to: &no_links,
    };
    let page = SharedReportPage {
        css: state.assets.url("owner.css"),
        headline: headline(
            waiting,
            period_report.now.happiness(),
            &period_report.breakdown.recovery,
            format!("in the last {days} days"),
        ),
        report: ReportView::new(&period_report, &context),
        period: format!(
            "{} to {}",
            ShopZone::format_date(period.first),
            ShopZone::format_weekday(period.last)
        ),
        periods: links(Some(days), |days| format!("/board/{path}?days={days}")),
        until: ShopZone::format_weekday(zone.day(expires_at_ms - 1)),
        time_zone: settings.time_zone.clone(),
        shop: shop.name,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}
