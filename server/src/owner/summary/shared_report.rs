//! `/board/{token}`: the numbers of a shop for somebody without an account, such as its board. Nobody's words, nobody's name and
//! nothing to press; it works until a day that the shop's owner chose.
//!
//! A link that never was, one that is over and one that was ended are the same: not found.

use crate::analytics::headline::{Headline, WaitingCount, sentence};
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
    sentence: Headline,
    picture: ReportView,
    /// Which days, in words.
    period: String,
    periods: Vec<PeriodLink>,
    /// The last day on which the link works.
    until: String,
    time_zone: String,
}

/// Where a link leads: the shop's key and the secret.
pub fn url(state: &AppState, shop: &ShopKey, secret: &Secret) -> String {
    format!("{}/board/{}.{}", state.public_url, shop.as_str(), secret.reveal())
}

/// The shop behind a link, and until when the link works.
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

/// The page.
///
/// # Errors
/// [`AppError::NotFound`] for a link that does not work; what the database says.
pub async fn get(
    path: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (shop, expires_at_ms) = find_link(&state, &path).await?.ok_or(AppError::NotFound)?;
    let (db, key, now_ms) = (&state.db, &shop.key, state.clock.now_ms());
    let (settings, days) = (&shop.settings, ShopZone::from_name(&shop.settings.time_zone));
    let chosen = chosen_days(&query);
    let period = Period::ending(days.day(now_ms), chosen);
    let mut found = period_report::load(db, key, &days, period, days.number(now_ms)).await?;
    // What was changed is told in words that somebody wrote for the shop's own people.
    found.changed.clear();
    let promise_ms = state.promises.open_ms(db, &shop, now_ms).await?;
    let waiting = summary_queries::waiting(db, key).await?;
    let waiting = WaitingCount {
        people: waiting.people,
        longest_ms: waiting.oldest_at_ms.map_or(0, |at_ms| now_ms - at_ms),
    };
    let nowhere = |_: &ResponseFilter| String::new();
    let frame = ReportContext {
        settings,
        period,
        today: days.number(now_ms),
        promise_ms,
        is_of_one_shop: true,
        mouth: Some(settings.mouth),
        mouth_href: "",
        to: &nowhere,
    };
    let page = SharedReportPage {
        css: state.assets.url("owner.css"),
        sentence: sentence(
            waiting,
            found.now.happiness(),
            &found.told.recovery,
            format!("in the last {chosen} days"),
        ),
        picture: ReportView::new(&found, &frame),
        period: format!(
            "{} to {}",
            ShopZone::format_date(period.first),
            ShopZone::format_weekday(period.last)
        ),
        periods: links(Some(chosen), |days| format!("/board/{path}?days={days}")),
        until: ShopZone::format_weekday(days.day(expires_at_ms - 1)),
        time_zone: settings.time_zone.clone(),
        shop: shop.name,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}
