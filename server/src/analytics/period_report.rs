//! What the summary reads of one shop, before anything of it becomes a sentence.
//!
//! Several statements run beside each other: adding up what is counted takes as long as all the rest.

use crate::analytics::breakdown::{ASKED, Breakdown, OF_MANY_NAMES, breakdown};
use crate::analytics::change_markers::{SHOWN, windows};
use crate::analytics::rising_words::LOOKED_AT;
use crate::analytics::trend::{TrendSeries, counted};
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

/// How many comments stand on the page.
const COMMENTS_SHOWN: i64 = 6;

/// What there is to tell of a period, and of the one before it.
pub struct PeriodReport {
    /// Its answers by day.
    pub now: TrendSeries,
    /// Those of the period before.
    pub before: TrendSeries,
    /// What became of them.
    pub told: Breakdown,
    /// How often each cause was complained of in the period before, by code.
    pub causes_before: HashMap<String, u64>,
    /// Who was asked by themselves.
    pub check_ins: CheckInTotals,
    /// What was changed, and how often its cause was complained of, among all answers, before and since.
    pub changed: Vec<(ChangeMarker, [Csat; 2])>,
    /// The newest responses with words.
    pub latest: Vec<ResponseListRow>,
    /// The newest words, and those of the period before.
    pub words: [Vec<String>; 2],
}

/// The responses of a period.
pub fn filter_for(period: Period) -> ResponseFilter {
    ResponseFilter { from: Some(period.first), to: Some(period.last), ..ResponseFilter::default() }
}

/// Reads what there is to tell of a period; `today` is the shop's day, counted from 1970-01-01.
///
/// # Errors
/// What the database says.
pub async fn load(
    db: &Db,
    key: &ShopKey,
    days: &ShopZone,
    period: Period,
    today: i32,
) -> Result<PeriodReport, AppError> {
    let marks = counters::marks(db).await?.unwrap_or_default();
    let (within, before) = (period.day_numbers(), period.before().day_numbers());
    let over = async |asked: &[Metric]| {
        Ok::<_, AppError>(counter_queries::totals(db, key, asked, within, marks).await?)
    };
    let words = async {
        let now = response_queries::comments(db, key, period.bounds_ms(days), LOOKED_AT).await?;
        Ok((response_queries::latest(db, key, period.bounds_ms(days), COMMENTS_SHOWN).await?, now))
    };
    let older = async {
        let words_before =
            response_queries::comments(db, key, period.before().bounds_ms(days), LOOKED_AT).await?;
        Ok((words_before, summary_queries::titles(db, key).await?))
    };
    let rest = async {
        let by_day = counter_queries::days(db, key, Metric::All, (before.0, within.1)).await?;
        let causes_before = counter_queries::totals(db, key, &[Metric::Cause], before, marks).await?;
        let check_ins = check_in_counts::total(db, key, within).await?;
        let changed = change_markers::list_between(db, key, within, SHOWN).await?;
        Ok((by_day, causes_before, check_ins, with_counts(db, key, changed, today, marks).await?))
    };
    let (mut kept, of_many_names, (latest, words), (words_before, titles), rest) =
        tokio::try_join!(over(&ASKED), over(&OF_MANY_NAMES), words, older, rest)?;
    let (by_day, causes_before, check_ins, changed) = rest;
    kept.extend(of_many_names);
    let of_before =
        causes_before.into_iter().map(|kept| (u64::try_from(kept.total()).unwrap_or(0), kept.key));
    Ok(PeriodReport {
        now: counted(&by_day, period),
        before: counted(&by_day, period.before()),
        told: breakdown(kept, &titles),
        causes_before: of_before.map(|(n, key)| (key, n)).collect(),
        check_ins,
        changed,
        latest,
        words: [words, words_before],
    })
}

/// How often the cause of each was complained of, among all answers, before and since.
async fn with_counts(
    db: &Db,
    key: &ShopKey,
    changed: Vec<ChangeMarker>,
    today: i32,
    marks: RollupMarks,
) -> Result<Vec<(ChangeMarker, [Csat; 2])>, AppError> {
    let mut all = Vec::with_capacity(changed.len());
    for marker in changed {
        let mut counts = [Csat::default(); 2];
        if !marker.cause.is_empty() {
            let (before, since) = windows(marker.day, today);
            for (count, days) in counts.iter_mut().zip([before, since]) {
                for kept in
                    counter_queries::totals(db, key, &[Metric::All, Metric::Cause], days, marks).await?
                {
                    let n = u64::try_from(kept.total()).unwrap_or(0);
                    match kept.what {
                        Metric::All => count.all += n,
                        _ if kept.key == marker.cause => count.happy += n,
                        _ => {}
                    }
                }
            }
        }
        all.push((marker, counts));
    }
    Ok(all)
}
