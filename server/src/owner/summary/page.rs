//! `/summary`.

use crate::analytics::headline::{Headline, WaitingCount, headline};
use crate::analytics::period_report;
use crate::analytics::period_report::PeriodReport;
use crate::analytics::rising_words;
use crate::analytics::rising_words::{COMMENTS_MAX, RisingWord};
use crate::db::{inbox_queries, members, response_queries, summary_queries};
use crate::domain::csat::FEW;
use crate::domain::inbox_filter;
use crate::domain::reply_policy::ReplyPolicy;
use crate::domain::response_filter::{ResponseCursor, ResponseFilter};
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::inbox::list_item;
use crate::owner::inbox::list_item::ListItem;
use crate::owner::layout::{Layout, Section};
use crate::owner::responses::response_view::{ResponseView, ViewContext};
use crate::owner::summary::change_markers::ChangeForm;
use crate::owner::summary::empty;
use crate::owner::summary::notify_complainants::flash as notice;
use crate::owner::summary::period_picker::{PeriodLink, chosen_days, links};
use crate::owner::summary::report_view::{ReportContext, ReportView};
use crate::owner::summary::small_sample;
use crate::owner::summary::small_sample::SmallSampleView;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases;
use crate::text::phrases::{first_name, format_number};
use crate::time::zone::{Period, ShopZone};
use crate::web::html_response;
use crate::web::redirect::see_other;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use jiff::civil::Date;

const WAITING_MAX: i64 = 5;

#[derive(Template)]
#[template(path = "owner/summary/page.html")]
struct SummaryPage {
    shell: Layout,
    eyebrow: String,
    headline: Headline,
    report: ReportView,
    periods: Vec<PeriodLink>,
    few: Option<SmallSampleView>,
    quiet: Option<String>,
    waiting: Vec<ListItem>,
    waiting_more: u64,
    waiting_all: String,
    waiting_href: String,
    /// Code and name.
    known_causes: Vec<(String, String)>,
    may_answer: bool,
    /// The notice after complainants were notified.
    notice: Option<String>,
    typed: ChangeForm,
    from: String,
    to: String,
    last_day: String,
    is_custom: bool,
    wrong_period: Option<&'static str>,
    comments: Vec<ResponseView>,
    rising: Vec<RisingWord>,
    comments_max: i64,
    comments_all: String,
    comments_href: String,
    csv_href: String,
    all_href: String,
    time_zone: String,
}

/// `/`.
pub async fn redirect_home() -> HttpResponse {
    see_other("/summary")
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let html = html(&state, &who, &query, ChangeForm::default()).await?;
    Ok(html_response::page(HttpResponse::Ok(), html))
}

/// The page again after a refused change marker.
pub async fn refused(state: &AppState, who: &SignedIn, typed: ChangeForm) -> Result<HttpResponse, AppError> {
    let html = html(state, who, &FormFields::default(), typed).await?;
    Ok(html_response::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), html))
}

async fn html(
    state: &AppState,
    who: &SignedIn,
    query: &FormFields,
    typed: ChangeForm,
) -> Result<String, AppError> {
    let shell = Layout::load(state, who, Section::Summary).await?;
    match summary_queries::newest_at_ms(&state.db, &who.shop.key).await? {
        None => empty::page(state, who, shell).await,
        Some(newest_at_ms) => {
            let today = ShopZone::from_name(&who.shop.settings.time_zone).day(state.clock.now_ms());
            page(
                state,
                who,
                shell,
                ChosenPeriod::from_query(query, today),
                newest_at_ms,
                typed,
                notice(query),
            )
            .await
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ChosenPeriod {
    period: Period,
    /// Whether the two days were chosen, rather than a number of last days.
    is_custom: bool,
    /// Why the chosen days cannot be shown.
    wrong: Option<&'static str>,
}

impl ChosenPeriod {
    fn from_query(query: &FormFields, today: Date) -> Self {
        let last = Self { period: Period::ending(today, chosen_days(query)), is_custom: false, wrong: None };
        let (from, to) = (query.get("from"), query.get("to"));
        if from.is_empty() && to.is_empty() {
            return last;
        }
        let wrong = |headline| Self { wrong: Some(headline), ..last };
        let (Ok(from), Ok(to)) = (from.parse::<Date>(), to.parse::<Date>()) else {
            return wrong("Please choose two days, such as 2026-05-01 and 2026-05-31.");
        };
        match Period::between(from, to) {
            _ if from > to => wrong("The first day is after the last."),
            _ if to > today => wrong("The last day is still to come."),
            None => wrong("At most two years fit on a page."),
            Some(period) => Self { period, is_custom: true, wrong: None },
        }
    }
}

async fn page(
    state: &AppState,
    who: &SignedIn,
    shell: Layout,
    chosen: ChosenPeriod,
    newest_at_ms: i64,
    typed: ChangeForm,
    notice: Option<String>,
) -> Result<String, AppError> {
    let (db, key, now_ms) = (&state.db, &who.shop.key, state.clock.now_ms());
    let days = ShopZone::from_name(&who.shop.settings.time_zone);
    let ChosenPeriod { period, is_custom, .. } = chosen;
    let today = ShopZone::day_number(days.day(now_ms));
    let period_report = period_report::load(db, key, &days, period, today).await?;
    let felt = period_report.now.happiness();
    let promise_ms = state.promises.open_ms(db, &who.shop, now_ms).await?;
    let waiting_summary = summary_queries::waiting(db, key).await?;
    let waiting = inbox_filter::InboxFilter::default();
    let waiting_rows =
        inbox_queries::page(db, key, &waiting, &inbox_filter::InboxCursor::default(), WAITING_MAX).await?;
    let in_period = period_report::filter_for(period);
    let with_words = ResponseFilter { with_words: true, ..in_period.clone() };
    let few = if felt.is_few() && felt.all > 0 {
        let answers =
            response_queries::page(db, key, &in_period, &days, &ResponseCursor::start(), FEW as i64).await?;
        Some(small_sample::view(&answers, &days, now_ms))
    } else {
        None
    };

    let context = ViewContext { shell: &shell, settings: &who.shop.settings, days: &days, now_ms };
    let waiting_count = WaitingCount {
        people: waiting_summary.people,
        longest_ms: waiting_summary.oldest_at_ms.map_or(0, |at_ms| now_ms - at_ms),
    };
    let waiting = list_item::ItemContext {
        shell: &shell,
        settings: &who.shop.settings,
        policy: &ReplyPolicy::from_settings(&who.shop.settings, promise_ms),
        people: &members::list(db, key).await?,
        filter: &waiting,
        open: "",
        now_ms,
    };
    let to = |path: &str, filter: &ResponseFilter| shell.to(&format!("{path}?{}", filter.query()));
    let to_responses = |filter: &ResponseFilter| to("/responses", filter);
    let settings = &who.shop.settings;
    let mouth_href = shell.to("/settings#mouth");
    let report = ReportView::new(
        &period_report,
        &ReportContext {
            settings,
            period,
            today,
            promise_ms,
            is_of_one_shop: true,
            mouth: Some(settings.mouth),
            mouth_href: &mouth_href,
            to: &to_responses,
        },
    );
    let PeriodReport { breakdown, latest, words, .. } = period_report;
    let page = SummaryPage {
        eyebrow: eyebrow(&days, now_ms, &who.owner.name, chosen),
        headline: headline(waiting_count, felt, &breakdown.recovery, chosen.describe()),
        periods: links((!chosen.is_custom).then_some(chosen.period.days), |days| {
            shell.to(&format!("/summary?days={days}"))
        }),
        report,
        known_causes: who.shop.settings.causes.iter().map(|c| (c.code.clone(), c.name.clone())).collect(),
        may_answer: who.role.may_answer(),
        notice,
        typed,
        from: period.first.to_string(),
        to: period.last.to_string(),
        last_day: days.day(now_ms).to_string(),
        is_custom,
        wrong_period: chosen.wrong,
        quiet: (felt.all == 0)
            .then(|| format!("The last answer came {}.", phrases::format_ago(now_ms - newest_at_ms))),
        waiting: waiting_rows.into_iter().map(|row| waiting.build(row)).collect(),
        waiting_more: waiting_count.people.saturating_sub(WAITING_MAX.unsigned_abs()),
        waiting_all: format_number(waiting_count.people),
        waiting_href: shell.to("/inbox"),
        comments: latest.into_iter().map(|row| context.build(row)).collect(),
        rising: rising_words::words(&words[0], &words[1], to_responses, &in_period),
        comments_max: COMMENTS_MAX,
        comments_all: format_number(breakdown.with_words),
        comments_href: to("/responses", &with_words),
        csv_href: to("/responses.csv", &in_period),
        all_href: shell.to("/responses"),
        time_zone: settings.time_zone.clone(),
        few,
        shell,
    };
    Ok(page.render()?)
}

impl ChosenPeriod {
    /// `in the last 90 days`, `in these 12 days`.
    fn describe(self) -> String {
        match (self.is_custom, self.period.days) {
            (true, 1) => "on this day".to_owned(),
            (true, days) => format!("in these {days} days"),
            (false, days) => format!("in the last {days} days"),
        }
    }
}

fn eyebrow(
    days: &ShopZone,
    now_ms: i64,
    name: &str,
    ChosenPeriod { period, is_custom, .. }: ChosenPeriod,
) -> String {
    let hello = format!("{}, {}.", days.greeting(now_ms), first_name(name));
    let (first, last) = (ShopZone::format_date(period.first), ShopZone::format_weekday(period.last));
    match (is_custom, period.days) {
        (false, days) => format!("{hello} Your last {days} days, {first} to today, {last}."),
        (true, 1) => format!("{hello} {last} {}.", period.last.year()),
        (true, days) => {
            format!("{hello} {days} days, {first} {} to {last} {}.", period.first.year(), period.last.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_that_cannot_be_shown_are_said_and_the_last_ninety_are() {
        let today = date(2026, 11, 21);
        let of = |fields: &[(&str, &str)]| ChosenPeriod::from_query(&fields.iter().copied().collect(), today);
        let ninety = Period::ending(today, 90);
        for (from, to) in [
            ("2026-05-02", "2026-05-01"),
            ("2024-01-01", "2026-11-01"),
            ("2026-11-01", "2026-11-22"),
            ("soon", "2026-11-01"),
            ("2026-11-01", ""),
        ] {
            let chosen = of(&[("from", from), ("to", to)]);
            assert!(chosen.wrong.is_some() && !chosen.is_custom, "{from} {to}");
            assert_eq!(chosen.period, ninety);
        }
        let may = of(&[("from", "2026-05-01"), ("to", "2026-05-31")]);
        assert_eq!((may.period.days, may.describe().as_str(), may.wrong), (31, "in these 31 days", None));
        assert_eq!(of(&[("days", "30")]).describe(), "in the last 30 days");
        assert_eq!(of(&[("days", "31")]).period, ninety);
    }
}
