//! The geometry of charts: numbers in, SVG attributes out. HTML and colours are not here.
//!
//! A plot has 1000 by 400 units and is stretched; dots and text, which must not be stretched, are placed in percent.

use crate::domain::csat::Csat;
use std::fmt::Write;

pub const WIDTH: f64 = 1000.0;
pub const HEIGHT: f64 = 400.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    /// In percent; the highest is 100.
    pub from: u32,
    /// The distance between two grid lines, in percent.
    pub step: u32,
}

impl Axis {
    /// Begins at `high_from` if all ranges fit, else at 0: an axis fitted to each chart would exaggerate small differences.
    pub fn for_values(all: &[Csat], high_from: u32) -> Self {
        let lowest = all.iter().filter_map(|h| h.range()).fold(1.0f64, |l, r| l.min(r.low));
        if lowest * 100.0 >= f64::from(high_from) {
            Self { from: high_from, step: 10 }
        } else {
            Self { from: 0, step: 20 }
        }
    }

    /// From the top down, in percent.
    pub fn lines(self) -> Vec<u32> {
        (self.from..=100).rev().filter(|n| (100 - n) % self.step == 0).collect()
    }

    /// The position of a share (0 to 1) on the axis, 0 to 1.
    pub fn position(self, share: f64) -> f64 {
        let from = f64::from(self.from) / 100.0;
        ((share - from) / (1.0 - from)).clamp(0.0, 1.0)
    }

    /// The distance from the top, in units of the plot.
    pub fn y(self, share: f64) -> f64 {
        (1.0 - self.position(share)) * HEIGHT
    }
}

/// In percent of the plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dot {
    pub x: String,
    pub y: String,
    /// Whether it has few responses and is drawn hollow.
    pub is_few: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// Heights of the grid lines, in units of the plot.
    pub grid: Vec<String>,
    /// From the top down.
    pub labels: Vec<u32>,
    /// An SVG path.
    pub line: String,
    /// An SVG path around the likely ranges.
    pub band: String,
    pub dots: Vec<Dot>,
}

/// Steps with too few responses are gaps in the line.
pub fn plot(steps: &[Csat]) -> Plot {
    let known: Vec<Csat> = steps.iter().copied().filter(|h| !h.is_too_few()).collect();
    let axis = Axis::for_values(&known, 50);
    let mut plot = Plot {
        grid: axis.lines().iter().map(|n| short(axis.y(f64::from(*n) / 100.0))).collect(),
        labels: axis.lines(),
        line: String::new(),
        band: String::new(),
        dots: Vec::new(),
    };
    for run in runs(steps) {
        let is_alone = run.len() == 1;
        let (mut upper, mut lower) = (String::new(), Vec::new());
        for (nth, i) in run.enumerate() {
            let (Some(share), Some(range)) = (steps[i].share(), steps[i].range()) else { continue };
            let x = middle(i, steps.len());
            let pen = if nth == 0 { 'M' } else { 'L' };
            let _ = write!(plot.line, "{pen}{} {}", short(x), short(axis.y(share)));
            // A step between two gaps has no neighbour to draw its range towards; it gets a bar of its own.
            let half = if is_alone { 0.15 * WIDTH / steps.len() as f64 } else { 0.0 };
            for (side, x) in [x - half, x + half].into_iter().take(if is_alone { 2 } else { 1 }).enumerate() {
                let pen = if nth + side == 0 { 'M' } else { 'L' };
                let _ = write!(upper, "{pen}{} {}", short(x), short(axis.y(range.high)));
                lower.push(format!("L{} {}", short(x), short(axis.y(range.low))));
            }
            plot.dots.push(Dot {
                x: percent(x / WIDTH),
                y: percent(axis.y(share) / HEIGHT),
                is_few: steps[i].is_few(),
            });
        }
        let _ = write!(plot.band, "{upper}{}Z", lower.into_iter().rev().collect::<String>());
    }
    plot
}

/// In percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
}

/// The highest count fills the height.
pub fn bars(counts: &[u64]) -> Vec<Bar> {
    let highest = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let place = 1.0 / counts.len().max(1) as f64;
    let bar = |(i, n): (usize, &u64)| {
        let height = *n as f64 / highest;
        Bar {
            x: percent((i as f64 + 0.22) * place),
            y: percent(1.0 - height),
            width: percent(0.56 * place),
            height: percent(height),
        }
    };
    counts.iter().enumerate().map(bar).collect()
}

/// A share with its likely range, in percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeDot {
    pub x: String,
    pub width: String,
    pub at: String,
}

/// `None` without responses.
pub fn range_dot(happiness: Csat, axis: Axis) -> Option<RangeDot> {
    let (share, range) = (happiness.share()?, happiness.range()?);
    let (low, high) = (axis.position(range.low), axis.position(range.high));
    Some(RangeDot { x: percent(low), width: percent(high - low), at: percent(axis.position(share)) })
}

pub fn percent(position: f64) -> String {
    format!("{}%", short(position * 100.0))
}

/// Ranges of neighbouring steps with enough responses.
fn runs(steps: &[Csat]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for i in (0..steps.len()).filter(|i| !steps[*i].is_too_few()) {
        match runs.last_mut() {
            Some(run) if run.end == i => run.end = i + 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}

fn middle(i: usize, of: usize) -> f64 {
    (i as f64 + 0.5) / of as f64 * WIDTH
}

/// At most one decimal.
fn short(n: f64) -> String {
    let text = format!("{n:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(counts: &[(i64, i64)]) -> Vec<Csat> {
        counts.iter().map(|(happy, all)| Csat::new(*happy, *all)).collect()
    }

    #[test]
    fn the_axis_begins_at_fifty_only_when_every_range_fits() {
        let high = Axis::for_values(&steps(&[(45, 50), (30, 38)]), 50);
        assert_eq!((high.from, high.lines()), (50, vec![100, 90, 80, 70, 60, 50]));
        let low = Axis::for_values(&steps(&[(45, 50), (10, 38)]), 50);
        assert_eq!((low.from, low.lines()), (0, vec![100, 80, 60, 40, 20, 0]));
        assert_eq!(Axis::for_values(&steps(&[(48, 50)]), 40).lines().last(), Some(&40));
    }

    #[test]
    fn all_is_at_the_top_and_nothing_at_the_bottom() {
        let axis = Axis { from: 50, step: 10 };
        assert_eq!((axis.y(1.0), axis.y(0.75), axis.y(0.5), axis.y(0.1)), (0.0, 200.0, 400.0, 400.0));
    }

    #[test]
    fn too_few_answers_leave_a_gap_in_the_line() {
        let plot = plot(&steps(&[(40, 50), (41, 50), (2, 3), (44, 50), (0, 0)]));
        assert_eq!(plot.line.matches('M').count(), 2);
        assert_eq!(plot.band.matches('Z').count(), 2);
        assert_eq!(plot.dots.len(), 3);
        assert!(plot.line.starts_with("M100 160L300 144"), "{}", plot.line);
        assert_eq!(plot.dots[0].x, "10%");
    }

    #[test]
    fn a_step_between_two_gaps_shows_its_range_all_the_same() {
        let band = plot(&steps(&[(0, 0), (25, 50), (0, 0), (0, 0), (0, 0)])).band;
        assert_eq!(band, "M270 146.6L330 146.6L330 253.4L270 253.4Z");
    }

    #[test]
    fn few_answers_make_a_hollow_dot() {
        let dots = plot(&steps(&[(8, 9), (40, 50)])).dots;
        assert_eq!((dots[0].is_few, dots[1].is_few), (true, false));
    }

    #[test]
    fn no_answers_at_all_draw_nothing_and_break_nothing() {
        assert_eq!(plot(&[]).line, "");
        assert_eq!(bars(&[]), []);
        assert_eq!(bars(&[0, 0])[0].height, "0%");
        assert_eq!(range_dot(Csat::default(), Axis { from: 0, step: 20 }), None);
    }

    #[test]
    fn the_highest_bar_is_full() {
        let bars = bars(&[10, 5]);
        assert_eq!((bars[0].height.as_str(), bars[1].height.as_str()), ("100%", "50%"));
        assert_eq!((bars[1].x.as_str(), bars[1].y.as_str()), ("61%", "50%"));
    }

    #[test]
    fn a_range_is_drawn_where_it_lies() {
        let dot = range_dot(Csat::new(50, 100), Axis { from: 0, step: 20 }).unwrap();
        assert_eq!((dot.x.as_str(), dot.at.as_str(), dot.width.as_str()), ("40.4%", "50%", "19.2%"));
    }
}
