//! Loads what the reports of a period need.
//!
//! Several statements run at the same time: summing the counters takes as long as everything else.

use crate::analytics::breakdown::{Breakdown, NARROW_METRICS, WIDE_METRICS, breakdown};
use crate::analytics::change_markers::{MARKERS_MAX, windows};
use crate::analytics::rising_words::COMMENTS_MAX;
use crate::analytics::trend::{TrendSeries, series};
use crate::db::change_markers::ChangeMarker;
use crate::db::response_queries::ResponseListRow;
use crate::db::{
    Db, change_markers, check_in_counts, counter_queries, counters, response_queries, summary_queries,
};
use crate::domain::check_in::CheckInTotals;
use crate::domain::counters::Metric;
use crate::domain::counters::rollup::RollupMarks;
use crate::domain::csat::Csat;
use crate::domain::response_filter::ResponseFilter;
use crate::error::AppError;
use crate::time::zone::{Period, ShopZone};
use shared::ids::ShopKey;
use std::collections::HashMap;

const COMMENTS_SHOWN: i64 = 6;

pub struct PeriodReport {
    pub now: TrendSeries,
    pub before: TrendSeries,
    pub breakdown: Breakdown,
    /// Complaints of the period before, by the code of their cause.
    pub causes_before: HashMap<String, u64>,
    pub check_ins: CheckInTotals,
    /// For each marker the complaints with its cause (`happy`) among all responses (`all`), before and since.
    pub markers: Vec<(ChangeMarker, [Csat; 2])>,
    /// The newest responses with a comment.
    pub latest: Vec<ResponseListRow>,
    /// The newest comments of the period, and of the one before.
    pub words: [Vec<String>; 2],
}

pub fn filter_for(period: Period) -> ResponseFilter {
    ResponseFilter { from: Some(period.first), to: Some(period.last), ..ResponseFilter::default() }
}

/// `today` is a day number in the shop's time zone.
pub async fn load(
    db: &Db,
    key: &ShopKey,
    zone: &ShopZone,
    period: Period,
    today: i32,
) -> Result<PeriodReport, AppError> {
    let marks = counters::marks(db).await?.unwrap_or_default();
    let (within, before) = (period.day_numbers(), period.before().day_numbers());
    let totals = async |asked: &[Metric]| {
        Ok::<_, AppError>(counter_queries::totals(db, key, asked, within, marks).await?)
    };
    let words = async {
        let now = response_queries::comments(db, key, period.bounds_ms(zone), COMMENTS_MAX).await?;
        Ok((response_queries::latest(db, key, period.bounds_ms(zone), COMMENTS_SHOWN).await?, now))
    };
    let older = async {
        let words_before =
            response_queries::comments(db, key, period.before().bounds_ms(zone), COMMENTS_MAX).await?;
        Ok((words_before, summary_queries::titles(db, key).await?))
    };
    let rest = async {
        let by_day = counter_queries::days(db, key, Metric::All, (before.0, within.1)).await?;
        let causes_before = counter_queries::totals(db, key, &[Metric::Cause], before, marks).await?;
        let check_ins = check_in_counts::total(db, key, within).await?;
        let markers = change_markers::list_between(db, key, within, MARKERS_MAX).await?;
        Ok((by_day, causes_before, check_ins, with_counts(db, key, markers, today, marks).await?))
    };
    let (mut rows, wide_rows, (latest, words), (words_before, titles), rest) =
        tokio::try_join!(totals(&NARROW_METRICS), totals(&WIDE_METRICS), words, older, rest)?;
    let (by_day, causes_before, check_ins, markers) = rest;
    rows.extend(wide_rows);
    let counts_before =
        causes_before.into_iter().map(|rows| (u64::try_from(rows.total()).unwrap_or(0), rows.key));
    Ok(PeriodReport {
        now: series(&by_day, period),
        before: series(&by_day, period.before()),
        breakdown: breakdown(rows, &titles),
        causes_before: counts_before.map(|(n, key)| (key, n)).collect(),
        check_ins,
        markers,
        latest,
        words: [words, words_before],
    })
}

/// Adds the number of complaints before and since to each marker.
async fn with_counts(
    db: &Db,
    key: &ShopKey,
    markers: Vec<ChangeMarker>,
    today: i32,
    marks: RollupMarks,
) -> Result<Vec<(ChangeMarker, [Csat; 2])>, AppError> {
    let mut all = Vec::with_capacity(markers.len());
    for marker in markers {
        let mut counts = [Csat::default(); 2];
        if !marker.cause.is_empty() {
            let (before, since) = windows(marker.day, today);
            for (count, zone) in counts.iter_mut().zip([before, since]) {
                for rows in
                    counter_queries::totals(db, key, &[Metric::All, Metric::Cause], zone, marks).await?
                {
                    let n = u64::try_from(rows.total()).unwrap_or(0);
                    match rows.what {
                        Metric::All => count.all += n,
                        _ if rows.key == marker.cause => count.happy += n,
                        _ => {}
                    }
                }
            }
        }
        all.push((marker, counts));
    }
    Ok(all)
}
