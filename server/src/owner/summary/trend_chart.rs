//! The trend as a chart with labels, and as a table.

use crate::analytics::chart;
use crate::analytics::chart::{Bar, Plot};
use crate::analytics::trend::{TrendInterval, TrendSeries};
use crate::domain::csat;
use crate::domain::csat::Csat;
use crate::text::phrases::{format_many, format_number};
use crate::time::zone::ShopZone;
use jiff::civil::Date;

/// More labels do not fit below the chart.
const LABELS_MAX: usize = 7;

pub struct TrendView {
    /// `day`, `week` or `month`.
    pub step: &'static str,
    /// Head of the table's first column.
    pub heading: &'static str,
    /// The chart's text alternative.
    pub name: String,
    pub plot: Plot,
    /// Of the dots.
    pub radius: &'static str,
    /// Dots that stand close are filled rather than ringed.
    pub is_dense: bool,
    /// The newest share, beside its dot.
    pub last: Option<LatestPoint>,
    /// Responses in each step.
    pub bars: Vec<Bar>,
    pub labels: Vec<AxisLabel>,
    /// The number of responses that the bars show, in words.
    pub volume: String,
    pub rows: Vec<TrendRow>,
}

pub struct LatestPoint {
    /// From the left, in percent of the plot.
    pub x: String,
    /// From the top.
    pub y: String,
    /// `96 %`
    pub text: String,
    /// The offset of the label from the dot, out of the line's way.
    pub dx: &'static str,
    pub dy: &'static str,
}

pub struct AxisLabel {
    /// `24 Aug`, or empty.
    pub text: String,
    /// Whether phones leave it out.
    pub is_spare: bool,
}

pub struct TrendRow {
    /// `24 August`
    pub name: String,
    pub all: String,
    pub happy: String,
    /// `79 %`, or why there is none.
    pub share: String,
    /// `64–89`
    pub range: String,
    pub is_few: bool,
}

/// `None` if no step has enough responses.
pub fn view(series: &TrendSeries) -> Option<TrendView> {
    let steps: Vec<Csat> = series.steps.iter().map(|(_, h)| *h).collect();
    let plot = chart::plot(&steps);
    if plot.dots.is_empty() {
        return None;
    }
    let is_dense = steps.len() > 20;
    let last = steps.iter().rposition(|h| !h.is_too_few()).filter(|i| !steps[*i].is_few());
    let last = last.and_then(|i| Some((plot.dots.last()?, steps[i].percent()?)));
    let all: Vec<u64> = steps.iter().map(|h| h.all).collect();
    Some(TrendView {
        step: series.interval.word(),
        heading: match series.interval {
            TrendInterval::Day => "Day",
            TrendInterval::Week => "Week of",
            TrendInterval::Month => "Month",
        },
        name: name(series, &steps),
        radius: if is_dense { "3" } else { "4.5" },
        is_dense,
        last: last.map(|(dot, percent)| LatestPoint {
            x: dot.x.clone(),
            y: dot.y.clone(),
            text: format!("{percent}\u{a0}%"),
            dx: "6",
            dy: if is_falling(&steps) { "22" } else { "-12" },
        }),
        bars: chart::bars(&all),
        labels: labels(series),
        volume: volume(series.interval, &all),
        rows: series.steps.iter().map(|(day, h)| row(series.interval, *day, *h)).collect(),
        plot,
    })
}

/// Whether the line falls towards its last dot.
fn is_falling(steps: &[Csat]) -> bool {
    let mut shares = steps.iter().rev().filter(|h| !h.is_too_few()).filter_map(|h| h.share());
    shares.next().zip(shares.next()).is_some_and(|(last, before)| last < before)
}

fn name(series: &TrendSeries, steps: &[Csat]) -> String {
    let shares: Vec<u32> = steps.iter().filter(|h| !h.is_too_few()).filter_map(|h| h.percent()).collect();
    let day = |at: Option<&(Date, Csat)>| at.map(|(d, _)| ShopZone::format_date(*d)).unwrap_or_default();
    format!(
        "Line chart. Share of happy answers per {} from {} to {}, between {} and {} percent. \
         The numbers are in the table below.",
        series.interval.word(),
        day(series.steps.first()),
        day(series.steps.last()),
        shares.iter().min().copied().unwrap_or_default(),
        shares.iter().max().copied().unwrap_or_default(),
    )
}

fn labels(series: &TrendSeries) -> Vec<AxisLabel> {
    let every = series.steps.len().div_ceil(LABELS_MAX).max(1);
    let label = |(i, (day, _)): (usize, &(Date, Csat))| AxisLabel {
        text: match series.interval {
            _ if i % every != 0 => String::new(),
            TrendInterval::Month => day.strftime("%b").to_string(),
            TrendInterval::Day | TrendInterval::Week => ShopZone::format_date_short(*day),
        },
        is_spare: i % (2 * every) != 0,
    };
    series.steps.iter().enumerate().map(label).collect()
}

fn volume(step: TrendInterval, all: &[u64]) -> String {
    let (least, most) = (all.iter().min().copied().unwrap_or(0), all.iter().max().copied().unwrap_or(0));
    let step = step.word();
    if least == most {
        return format!("{} each {step}", format_many(most, "answer", "answers"));
    }
    format!("answers that {step}, {} to {}", format_number(least), format_number(most))
}

fn row(step: TrendInterval, day: Date, h: Csat) -> TrendRow {
    TrendRow {
        name: match step {
            TrendInterval::Month => day.strftime("%B %Y").to_string(),
            TrendInterval::Day | TrendInterval::Week => ShopZone::format_date(day),
        },
        all: format_number(h.all),
        happy: format_number(h.happy),
        share: match h.percent() {
            Some(percent) if !h.is_too_few() => format!("{percent}\u{a0}%"),
            Some(_) => "too few to tell".to_owned(),
            None => "–".to_owned(),
        },
        range: h.range().filter(|_| !h.is_too_few()).map(interval_label).unwrap_or_default(),
        is_few: h.is_few(),
    }
}

/// `64–89`
pub fn interval_label(range: csat::Interval) -> String {
    format!("{}–{}", csat::percent(range.low), csat::percent(range.high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn series(answers: &[(i64, i64)]) -> TrendSeries {
        let first = date(2026, 8, 24);
        let steps = (0i32..)
            .zip(answers)
            .map(|(i, (happy, all))| (ShopZone::before(first, -7 * i), Csat::new(*happy, *all)));
        TrendSeries { by_rating: [0; 5], interval: TrendInterval::Week, steps: steps.collect() }
    }

    #[test]
    fn the_chart_is_called_by_what_it_shows() {
        let view = view(&series(&[(30, 38), (0, 2), (50, 52)])).unwrap();
        assert_eq!(
            view.name,
            "Line chart. Share of happy answers per week from 24 August to 7 September, between 79 and 96 percent. \
             The numbers are in the table below."
        );
        assert_eq!(view.last.unwrap().text, "96\u{a0}%");
        assert_eq!(view.volume, "answers that week, 2 to 52");
        let shares: Vec<&str> = view.rows.iter().map(|r| r.share.as_str()).collect();
        assert_eq!(shares, ["79\u{a0}%", "too few to tell", "96\u{a0}%"]);
        assert_eq!((view.rows[0].range.as_str(), view.rows[1].range.as_str()), ("64–89", ""));
    }

    #[test]
    fn a_newest_step_of_few_answers_is_not_named() {
        assert!(view(&series(&[(30, 38), (9, 10)])).unwrap().last.is_none());
        assert!(view(&series(&[(1, 2), (0, 0)])).is_none());
    }

    #[test]
    fn no_more_labels_than_fit() {
        let labels = labels(&series(&[(40, 50); 30]));
        let texts: Vec<&str> = labels.iter().map(|l| l.text.as_str()).filter(|t| !t.is_empty()).collect();
        assert_eq!((labels.len(), texts.len(), texts[0], texts[1]), (30, 6, "24 Aug", "28 Sep"));
    }
}
