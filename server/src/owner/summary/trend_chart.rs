//! The trend as a chart: its line, its labels, its numbers as a table.

use crate::analytics::chart;
use crate::analytics::chart::{Bar, Plot};
use crate::analytics::trend::{TrendInterval, TrendSeries};
use crate::domain::csat;
use crate::domain::csat::Csat;
use crate::text::phrases::{format_many, format_number};
use crate::time::zone::ShopZone;
use jiff::civil::Date;

/// The most labels that fit under the chart.
const LABELS_MAX: usize = 7;

/// The chart, ready to be drawn.
pub struct TrendView {
    /// `day`, `week` or `month`.
    pub step: &'static str,
    /// Head of the table's first column.
    pub heading: &'static str,
    /// What the chart is called for those who do not see it.
    pub name: String,
    /// Line and band.
    pub plot: Plot,
    /// Radius of the dots.
    pub radius: &'static str,
    /// Whether the dots stand close, and are filled rather than ringed.
    pub is_dense: bool,
    /// The newest share, beside its dot.
    pub last: Option<LatestPoint>,
    /// Answers per step.
    pub bars: Vec<Bar>,
    /// Labels under the chart, empty ones between.
    pub labels: Vec<AxisLabel>,
    /// How many answers the bars stand for.
    pub volume: String,
    /// The numbers as a table.
    pub rows: Vec<TrendRow>,
}

/// The newest share.
pub struct LatestPoint {
    /// From the left, in percent of the plot.
    pub x: String,
    /// From the top.
    pub y: String,
    /// `96 %`
    pub text: String,
    /// How far to the right of the dot the label ends, and how far below it stands: out of the line's way.
    pub dx: &'static str,
    /// See [`LatestPoint::dx`].
    pub dy: &'static str,
}

/// A label under the chart.
pub struct AxisLabel {
    /// `24 Aug`, or nothing.
    pub text: String,
    /// Whether a phone does without it.
    pub is_spare: bool,
}

/// One step in the table.
pub struct TrendRow {
    /// `24 August`
    pub name: String,
    /// All answers.
    pub all: String,
    /// Happy ones.
    pub happy: String,
    /// `79 %`, or why not.
    pub share: String,
    /// `64–89`
    pub range: String,
    /// Whether it stands on few answers.
    pub is_few: bool,
}

/// The chart of what was counted; none if no step has answers enough to draw.
pub fn view(counted: &TrendSeries) -> Option<TrendView> {
    let steps: Vec<Csat> = counted.steps.iter().map(|(_, h)| *h).collect();
    let plot = chart::plot(&steps);
    if plot.dots.is_empty() {
        return None;
    }
    let is_dense = steps.len() > 20;
    let last = steps.iter().rposition(|h| !h.is_too_few()).filter(|i| !steps[*i].is_few());
    let last = last.and_then(|i| Some((plot.dots.last()?, steps[i].percent()?)));
    let all: Vec<u64> = steps.iter().map(|h| h.all).collect();
    Some(TrendView {
        step: counted.step.word(),
        heading: match counted.step {
            TrendInterval::Day => "Day",
            TrendInterval::Week => "Week of",
            TrendInterval::Month => "Month",
        },
        name: name(counted, &steps),
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
        labels: labels(counted),
        volume: volume(counted.step, &all),
        rows: counted.steps.iter().map(|(day, h)| row(counted.step, *day, *h)).collect(),
        plot,
    })
}

/// Whether the line comes down to its last dot.
fn is_falling(steps: &[Csat]) -> bool {
    let mut told = steps.iter().rev().filter(|h| !h.is_too_few()).filter_map(|h| h.share());
    told.next().zip(told.next()).is_some_and(|(last, before)| last < before)
}

fn name(counted: &TrendSeries, steps: &[Csat]) -> String {
    let told: Vec<u32> = steps.iter().filter(|h| !h.is_too_few()).filter_map(|h| h.percent()).collect();
    let day = |at: Option<&(Date, Csat)>| at.map(|(d, _)| ShopZone::format_date(*d)).unwrap_or_default();
    format!(
        "Line chart. Share of happy answers per {} from {} to {}, between {} and {} percent. \
         The numbers are in the table below.",
        counted.step.word(),
        day(counted.steps.first()),
        day(counted.steps.last()),
        told.iter().min().copied().unwrap_or_default(),
        told.iter().max().copied().unwrap_or_default(),
    )
}

fn labels(counted: &TrendSeries) -> Vec<AxisLabel> {
    let every = counted.steps.len().div_ceil(LABELS_MAX).max(1);
    let label = |(i, (day, _)): (usize, &(Date, Csat))| AxisLabel {
        text: match counted.step {
            _ if i % every != 0 => String::new(),
            TrendInterval::Month => day.strftime("%b").to_string(),
            TrendInterval::Day | TrendInterval::Week => ShopZone::format_date_short(*day),
        },
        is_spare: i % (2 * every) != 0,
    };
    counted.steps.iter().enumerate().map(label).collect()
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

/// A range as `64–89`.
pub fn interval_label(range: csat::Interval) -> String {
    format!("{}–{}", csat::percent(range.low), csat::percent(range.high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn counted(answers: &[(i64, i64)]) -> TrendSeries {
        let first = date(2026, 8, 24);
        let steps = (0i32..)
            .zip(answers)
            .map(|(i, (happy, all))| (ShopZone::before(first, -7 * i), Csat::new(*happy, *all)));
        TrendSeries { by_rating: [0; 5], step: TrendInterval::Week, steps: steps.collect() }
    }

    #[test]
    fn the_chart_is_called_by_what_it_shows() {
        let view = view(&counted(&[(30, 38), (0, 2), (50, 52)])).unwrap();
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
        assert!(view(&counted(&[(30, 38), (9, 10)])).unwrap().last.is_none());
        assert!(view(&counted(&[(1, 2), (0, 0)])).is_none());
    }

    #[test]
    fn no_more_labels_than_fit() {
        let labels = labels(&counted(&[(40, 50); 30]));
        let said: Vec<&str> = labels.iter().map(|l| l.text.as_str()).filter(|t| !t.is_empty()).collect();
        assert_eq!((labels.len(), said.len(), said[0], said[1]), (30, 6, "24 Aug", "28 Sep"));
    }
}
