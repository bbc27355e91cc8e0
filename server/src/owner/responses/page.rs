//! `/responses`: all responses, filtered, newest first; and one response on a page of its own.

use crate::analytics::labels::cause_name;
use crate::analytics::result_count::{count_results, format_result_count};
use crate::caches::tracked_names::OTHERS;
use crate::db::{Db, counter_queries, counters, response_queries};
use crate::domain::counters::Metric;
use crate::domain::response_filter::{ResponseCursor, ResponseFilter, Step};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::layout::{Layout, Section};
use crate::owner::responses::response_view::{ResponseView, ViewContext, reason};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases;
use crate::text::phrases::hour_name;
use crate::time::zone::ShopZone;
use crate::web::html_response;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;

const PAGE_SIZE: i64 = 50;
/// A page of the shop without responses for this time is not offered in the filter.
const RECENT_DAYS: i32 = 180;
const PAGES_MAX: usize = 40;

#[derive(Template)]
#[template(path = "owner/responses/page.html")]
struct ResponsesPage {
    shell: Layout,
    filter: ResponseFilter,
    is_narrowed: bool,
    selects: Vec<FilterSelect>,
    from: String,
    to: String,
    count: String,
    /// Filters without a field of their own, as hidden fields and in words.
    hidden_filters: Vec<(&'static str, String)>,
    hidden_filters_text: String,
    empty: &'static str,
    list: Vec<ResponseView>,
    older: Option<String>,
    newest: Option<String>,
    csv_href: String,
    exports: Vec<ExportLink>,
}

struct ExportLink {
    name: &'static str,
    href: String,
}

#[derive(Template)]
#[template(path = "owner/responses/detail.html")]
struct ResponsePage {
    shell: Layout,
    one: ResponseView,
}

struct FilterSelect {
    label: &'static str,
    field: &'static str,
    options: Vec<FilterOption>,
}

struct FilterOption {
    value: String,
    name: String,
    is_chosen: bool,
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let shell = Layout::load(&state, &who, Section::Responses).await?;
    let (db, key, now_ms) = (&state.db, &who.shop.key, state.clock.now_ms());
    let settings = &who.shop.settings;
    let days = ShopZone::from_name(&settings.time_zone);
    let (filter, after) = (ResponseFilter::parse(&query), ResponseCursor::parse(query.get("before")));
    // One row more than the page shows tells whether there are older ones.
    let mut list = response_queries::page(db, key, &filter, &days, &after, PAGE_SIZE + 1).await?;
    let has_older = list.len() > PAGE_SIZE as usize;
    list.truncate(PAGE_SIZE as usize);
    let older = list.last().filter(|_| has_older).map(|last| {
        let cursor = ResponseCursor { at_ms: last.created_at_ms, id: last.id.clone() };
        shell.to(&href("/responses", &[&filter.query(), &format!("before={}", cursor.as_text())]))
    });
    let all = count_results(db, key, &filter, &days).await?;
    let pages = pages(db, key, days.number(now_ms)).await?;
    let context = ViewContext { shell: &shell, settings, days: &days, now_ms };
    let list = list.into_iter().map(|one| context.build(one)).collect();
    let day = |d: Option<jiff::civil::Date>| d.map(|d| d.to_string()).unwrap_or_default();
    let page = ResponsesPage {
        is_narrowed: !filter.is_any()
            && ResponseFilter { text: filter.text.clone(), ..ResponseFilter::default() } != filter,
        selects: selects(&filter, settings, &pages),
        from: day(filter.from),
        to: day(filter.to),
        count: format_result_count(all, &filter),
        hidden_filters: filter.beside_the_fields(),
        hidden_filters_text: hidden_filters(&filter, settings),
        empty: if filter.is_any() { "No one has answered yet." } else { "Nothing fits." },
        list,
        older,
        newest: (after != ResponseCursor::start()).then(|| shell.to(&href("/responses", &[&filter.query()]))),
        csv_href: shell.to(&href("/responses.csv", &[&filter.query()])),
        exports: [
            ("Responses as JSON", "/responses.json"),
            ("Conversations as CSV", "/conversations.csv"),
            ("Conversations as JSON", "/conversations.json"),
            ("Counts as CSV", "/counts.csv"),
            ("Counts as JSON", "/counts.json"),
        ]
        .map(|(name, path)| ExportLink { name, href: shell.to(&href(path, &[&filter.query()])) })
        .into(),
        filter,
        shell,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

pub async fn detail(
    who: SignedIn,
    id: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let id = ResponseId::parse("id", &id).map_err(|_| AppError::NotFound)?;
    let row = response_queries::find(&state.db, &who.shop.key, &id).await?.ok_or(AppError::NotFound)?;
    let shell = Layout::load(&state, &who, Section::Responses).await?;
    let settings = &who.shop.settings;
    let days = ShopZone::from_name(&settings.time_zone);
    let one = ViewContext { shell: &shell, settings, days: &days, now_ms: state.clock.now_ms() }.build(row);
    Ok(html_response::page(HttpResponse::Ok(), ResponsePage { shell, one }.render()?))
}

/// The pages with the most responses lately.
async fn pages(db: &Db, shop: &ShopKey, today: i32) -> Result<Vec<String>, AppError> {
    let marks = counters::marks(db).await?.unwrap_or_default();
    let days = (today - RECENT_DAYS, today + 2);
    let mut pages = counter_queries::totals(db, shop, &[Metric::Page], days, marks).await?;
    pages.retain(|page| page.key != OTHERS);
    pages.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.key.cmp(&b.key)));
    pages.truncate(PAGES_MAX);
    Ok(pages.into_iter().map(|page| page.key).collect())
}

/// The filters without a field of their own, in words.
fn hidden_filters(filter: &ResponseFilter, settings: &ShopSettings) -> String {
    let texts = [
        filter.step.map(|step| step_name(step).to_owned()),
        Some(cause_name(settings, &filter.cause)).filter(|_| !filter.cause.is_empty()),
        Some(filter.product.clone()),
        Some(filter.device.as_str()).filter(|d| !d.is_empty()).map(|d| phrases::device_name(d).to_owned()),
        Some(filter.language.as_str())
            .filter(|l| !l.is_empty())
            .map(|l| phrases::language_name(l).to_owned()),
        filter.hour.map(hour_name),
    ];
    texts.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Answered => "answered",
        Step::OncePutRight => "put right once",
        Step::Asked => "asked whether it is okay now",
        Step::Received => "not answered yet",
        Step::InHand => "in hand",
        Step::PutRight => "put right",
        Step::Recovered => "won back",
        Step::Reopened => "not okay yet",
        Step::Unconfirmed => "did not say whether it is okay",
        Step::SetAside => "set aside",
    }
}

fn href(path: &str, parts: &[&str]) -> String {
    let query: Vec<&str> = parts.iter().copied().filter(|p| !p.is_empty()).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

fn selects(filter: &ResponseFilter, settings: &ShopSettings, pages: &[String]) -> Vec<FilterSelect> {
    let felt = [
        ("", "Any feeling"),
        ("happy", "Happy (4 or 5)"),
        ("middling", "So-so (3)"),
        ("unhappy", "Unhappy (1 or 2)"),
        ("not_happy", "Not happy (1 to 3)"),
        ("5", "5 of 5"),
        ("4", "4 of 5"),
        ("2", "2 of 5"),
        ("1", "1 of 5"),
    ];
    let choice = |value: &str, name: String, chosen: &str| FilterOption {
        value: value.to_owned(),
        name,
        is_chosen: value == chosen,
    };
    let moment = filter.moment.map_or("", Moment::as_str);
    let any = |name: &str, chosen: &str| choice("", name.to_owned(), chosen);
    let felt_now = if filter.felt.as_str() == "3" { "middling" } else { filter.felt.as_str() };
    let mut reasons: Vec<&str> = settings.reasons.iter().map(|r| r.code.as_str()).collect();
    if !filter.reason.is_empty() && !reasons.contains(&filter.reason.as_str()) {
        reasons.push(&filter.reason);
    }
    let mut paths: Vec<&str> = pages.iter().map(String::as_str).collect();
    if !filter.page.is_empty() && !paths.contains(&filter.page.as_str()) {
        paths.push(&filter.page);
    }
    vec![
        FilterSelect {
            label: "How they felt",
            field: "felt",
            options: felt.iter().map(|(value, name)| choice(value, (*name).to_owned(), felt_now)).collect(),
        },
        FilterSelect {
            label: "When they were asked",
            field: "moment",
            options: std::iter::once(any("Any moment", moment))
                .chain(
                    Moment::ALL
                        .iter()
                        .map(|m| choice(m.as_str(), phrases::moment_name(m.as_str()).to_owned(), moment)),
                )
                .collect(),
        },
        FilterSelect {
            label: "Reason",
            field: "reason",
            options: std::iter::once(any("Any reason", &filter.reason))
                .chain(reasons.iter().map(|code| choice(code, reason(settings, code), &filter.reason)))
                .collect(),
        },
        FilterSelect {
            label: "Page",
            field: "page",
            options: std::iter::once(any("Any page", &filter.page))
                .chain(paths.iter().map(|path| choice(path, (*path).to_owned(), &filter.page)))
                .collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_on_the_list_even_if_it_is_old() {
        let query: FormFields =
            [("reason", "too_heavy"), ("page", "/gone"), ("felt", "3")].into_iter().collect();
        let selects =
            selects(&ResponseFilter::parse(&query), &ShopSettings::default(), &["/bowls".to_owned()]);
        let chosen: Vec<&str> = selects
            .iter()
            .flat_map(|s| &s.options)
            .filter(|o| o.is_chosen)
            .map(|o| o.name.as_str())
            .collect();
        assert_eq!(chosen, ["So-so (3)", "Any moment", "Too heavy", "/gone"]);
    }

    #[test]
    fn an_empty_part_of_a_query_leaves_nothing_behind() {
        assert_eq!(href("/responses", &["", "before=1"]), "/responses?before=1");
        assert_eq!(href("/responses", &["", ""]), "/responses");
    }
}
