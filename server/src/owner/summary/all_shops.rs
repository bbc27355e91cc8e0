//! `/shops`: all shops of an owner, one by one and together. With one shop it redirects to the summary.

use crate::analytics::breakdown::{Breakdown, breakdown};
use crate::analytics::chart::{RangeDot, range_dot};
use crate::analytics::headline::{Headline, WaitingCount, headline};
use crate::analytics::period_report::PeriodReport;
use crate::analytics::recovery;
use crate::analytics::segments;
use crate::analytics::trend::series;
use crate::db::counter_queries::CounterRow;
use crate::db::counters::ByRating;
use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::{Db, check_in_counts, counter_queries, counters, summary_queries};
use crate::domain::check_in::CheckInTotals;
use crate::domain::counters::Metric;
use crate::domain::counters::rollup::RollupMarks;
use crate::domain::csat::{Csat, FEW};
use crate::domain::response_filter::ResponseFilter;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::layout::{Layout, Section};
use crate::owner::summary::period_picker::{PeriodLink, chosen_days, links};
use crate::owner::summary::report_view::{ReportContext, ReportView};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::{format_number, format_span_short};
use crate::time::zone::{Period, ShopZone};
use crate::web::html_response;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, HashMap};

/// Metrics that mean the same in every shop. Pages and products differ from shop to shop.
const METRICS: [Metric; 12] = [
    Metric::Words,
    Metric::Stage,
    Metric::Answered,
    Metric::FirstReply,
    Metric::PutRight,
    Metric::Asked,
    Metric::Cause,
    Metric::CauseRecovered,
    Metric::Hour,
    Metric::Moment,
    Metric::Device,
    Metric::Language,
];
/// Shops that are read at the same time; other requests need connections too.
const SHOPS_AT_ONCE: usize = 4;

#[derive(Template)]
#[template(path = "owner/summary/all_shops.html")]
struct ShopsPage {
    shell: Layout,
    period: String,
    periods: Vec<PeriodLink>,
    headline: Headline,
    report: ReportView,
    axis_from: u32,
    rows: Vec<ShopReportRow>,
}

struct ShopReportRow {
    name: String,
    summary_href: String,
    inbox_href: String,
    waiting: String,
    /// How long the first visitor has waited; empty if no visitor waits.
    longest: String,
    dot: Option<RangeDot>,
    share: String,
    answers: String,
    is_few: bool,
    complaints: String,
    won_back: String,
    /// The median; empty with too few replies.
    first_reply: String,
}

struct ShopReport {
    shop: Shop,
    /// Day numbers relative to the shop's own today.
    by_day: Vec<(i32, ByRating)>,
    counters: Vec<CounterRow>,
    causes_before: Vec<CounterRow>,
    check_ins: CheckInTotals,
    waiting: summary_queries::WaitingSummary,
}

async fn load_reports(
    db: &Db,
    shop: Shop,
    days: u32,
    marks: RollupMarks,
    now_ms: i64,
) -> Result<ShopReport, AppError> {
    let (key, zone) = (&shop.key, ShopZone::from_name(&shop.settings.time_zone));
    let period = Period::ending(zone.day(now_ms), days);
    let (within, before) = (period.day_numbers(), period.before().day_numbers());
    let today = zone.number(now_ms);
    let by_day = counter_queries::days(db, key, Metric::All, (before.0, within.1)).await?;
    Ok(ShopReport {
        by_day: by_day.into_iter().map(|(day, answers)| (day - today, answers)).collect(),
        counters: counter_queries::totals(db, key, &METRICS, within, marks).await?,
        causes_before: counter_queries::totals(db, key, &[Metric::Cause], before, marks).await?,
        check_ins: check_in_counts::total(db, key, within).await?,
        waiting: summary_queries::waiting(db, key).await?,
        shop,
    })
}

/// Sums counters of several shops by metric and key.
fn sum_counters(all: impl Iterator<Item = CounterRow>) -> Vec<CounterRow> {
    let mut sums: BTreeMap<(Metric, String), ByRating> = BTreeMap::new();
    for counters in all {
        let sum = sums.entry((counters.what, counters.key)).or_default();
        sum.iter_mut().zip(counters.by_rating).for_each(|(sum, n)| *sum += n);
    }
    sums.into_iter().map(|((what, key), by_rating)| CounterRow { what, key, by_rating }).collect()
}

/// `today` is the day number of the merged report.
fn merge(all: &[ShopReport], days: u32, today: i32) -> PeriodReport {
    let by_day: Vec<(i32, ByRating)> =
        all.iter().flat_map(|report| &report.by_day).map(|(day, answers)| (day + today, *answers)).collect();
    let period = Period::ending(ShopZone::date_from_number(today), days);
    let causes = sum_counters(all.iter().flat_map(|report| report.causes_before.clone()));
    let causes =
        causes.into_iter().map(|counters| (u64::try_from(counters.total()).unwrap_or(0), counters.key));
    PeriodReport {
        now: series(&by_day, period),
        before: series(&by_day, period.before()),
        breakdown: breakdown(
            sum_counters(all.iter().flat_map(|report| report.counters.clone())),
            &HashMap::new(),
        ),
        causes_before: causes.map(|(n, key)| (key, n)).collect(),
        check_ins: all.iter().fold(CheckInTotals::default(), |sum, report| CheckInTotals {
            shown: sum.shown + report.check_ins.shown,
            dismissed: sum.dismissed + report.check_ins.dismissed,
        }),
        markers: Vec::new(),
        latest: Vec::new(),
        words: [Vec::new(), Vec::new()],
    }
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    if who.shops.len() < 2 {
        return Ok(see_other("/summary"));
    }
    let (db, now_ms) = (&state.db, state.clock.now_ms());
    let days = chosen_days(&query);
    let marks = counters::marks(db).await?.unwrap_or_default();
    let shops: Vec<Shop> =
        shops::list_by_user(db, &who.owner.id).await?.into_iter().map(|(shop, _)| shop).collect();
    let mut all = Vec::with_capacity(shops.len());
    for chunk in shops.chunks(SHOPS_AT_ONCE) {
        all.extend(
            try_join_all(chunk.iter().map(|shop| load_reports(db, shop.clone(), days, marks, now_ms)))
                .await?,
        );
    }
    let settings = &who.shop.settings;
    let today = ShopZone::from_name(&settings.time_zone).number(now_ms);
    let merged = merge(&all, days, today);
    let waiting = WaitingCount {
        people: all.iter().map(|report| report.waiting.people).sum(),
        longest_ms: all
            .iter()
            .filter_map(|report| report.waiting.oldest_at_ms)
            .min()
            .map_or(0, |at| now_ms - at),
    };
    let period = Period::ending(ShopZone::date_from_number(today), days);
    let no_links = |_: &ResponseFilter| String::new();
    let has_one_rule = all.iter().all(|report| report.shop.settings.mouth == settings.mouth);
    let context = ReportContext {
        settings,
        period,
        today,
        promise_ms: None,
        is_of_one_shop: false,
        mouth: Some(settings.mouth).filter(|_| has_one_rule),
        mouth_href: "",
        to: &no_links,
    };
    let (axis_from, rows) = rows(&all, days, now_ms);
    let page = ShopsPage {
        period: format!(
            "{} to {}",
            ShopZone::format_date(period.first),
            ShopZone::format_weekday(period.last)
        ),
        periods: links(Some(days), |days| format!("/shops?days={days}")),
        headline: headline(
            waiting,
            merged.now.happiness(),
            &merged.breakdown.recovery,
            format!("in the last {days} days"),
        ),
        report: ReportView::new(&merged, &context),
        axis_from,
        rows,
        shell: Layout::load(&state, &who, Section::AllShops).await?,
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// The rows with the most waiting visitors first, and the beginning of their axis in percent.
fn rows(all: &[ShopReport], days: u32, now_ms: i64) -> (u32, Vec<ShopReportRow>) {
    let felt = |report: &ShopReport| {
        let first = 1 - i32::try_from(days).unwrap_or(0);
        let mut sum = Csat::default();
        for (_, [one, two, three, four, five]) in report.by_day.iter().filter(|(day, _)| *day >= first) {
            sum += Csat::new(four + five, one + two + three + four + five);
        }
        sum
    };
    let axis = segments::axis_of(&all.iter().map(felt).collect::<Vec<_>>());
    let mut sorted: Vec<&ShopReport> = all.iter().collect();
    sorted
        .sort_by(|a, b| b.waiting.people.cmp(&a.waiting.people).then_with(|| a.shop.name.cmp(&b.shop.name)));
    let row = |report: &ShopReport| {
        let (felt, key) = (felt(report), Some(report.shop.key.as_str()));
        let Breakdown { recovery, .. } = breakdown(report.counters.clone(), &HashMap::new());
        ShopReportRow {
            name: report.shop.name.clone(),
            summary_href: for_shop(&format!("/summary?days={days}"), key),
            inbox_href: for_shop("/inbox", key),
            waiting: format_number(report.waiting.people),
            longest: report
                .waiting
                .oldest_at_ms
                .map(|at_ms| format_span_short(now_ms - at_ms))
                .unwrap_or_default(),
            dot: range_dot(felt, axis).filter(|_| !felt.is_too_few()),
            share: felt
                .percent()
                .filter(|_| !felt.is_too_few())
                .map(|percent| format!("{percent}\u{a0}%"))
                .unwrap_or_default(),
            answers: format_number(felt.all),
            is_few: felt.all < FEW,
            complaints: format_number(recovery.complaints()),
            won_back: format_number(recovery.recovered()),
            first_reply: recovery::first_reply(&recovery, None).map(|reply| reply.median).unwrap_or_default(),
        }
    };
    (axis.from, sorted.into_iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_thing_of_two_shops_is_one_thing() {
        let counters = |what, key: &str, by_rating| CounterRow { what, key: key.to_owned(), by_rating };
        let all = [
            counters(Metric::Device, "phone", [1, 0, 0, 0, 2]),
            counters(Metric::Device, "desktop", [0, 0, 0, 0, 1]),
            counters(Metric::Device, "phone", [4, 0, 1, 0, 8]),
            counters(Metric::Words, "", [0, 0, 0, 0, 3]),
        ];
        assert_eq!(
            sum_counters(all.into_iter()),
            [
                counters(Metric::Words, "", [0, 0, 0, 0, 3]),
                counters(Metric::Device, "desktop", [0, 0, 0, 0, 1]),
                counters(Metric::Device, "phone", [5, 0, 1, 0, 10]),
            ]
        );
    }
}
