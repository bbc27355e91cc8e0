//! The figures and charts of a report, for the summary, the shared report and the report of all shops.

use crate::analytics::breakdown::BreakdownRow;
use crate::analytics::change_markers::{ChangeMarkerView, windows};
use crate::analytics::chart;
use crate::analytics::headline::format_comparison;
use crate::analytics::hour_heatmap;
use crate::analytics::hour_heatmap::HourHeatmap;
use crate::analytics::labels::cause_name;
use crate::analytics::period_report::{PeriodReport, filter_for};
use crate::analytics::recovery;
use crate::analytics::recovery::{FirstReply, FunnelRow, Recovery, ReplyRow};
use crate::analytics::segments;
use crate::analytics::segments::{Outlier, SegmentTable};
use crate::analytics::top_causes;
use crate::analytics::top_causes::TopCause;
use crate::analytics::trend::TrendSeries;
use crate::analytics::word_of_mouth;
use crate::analytics::word_of_mouth::WordOfMouthView;
use crate::domain::check_in::CheckInTotals;
use crate::domain::counters::Metric;
use crate::domain::csat::{Csat, FEW, percent};
use crate::domain::response_filter::{RatingFilter, ResponseFilter};
use crate::domain::shop_settings::{ShopSettings, WordOfMouth};
use crate::owner::rating_label::Face;
use crate::owner::responses::response_view::reason;
use crate::owner::summary::trend_chart;
use crate::owner::summary::trend_chart::TrendView;
use crate::text::phrases::format_number;
use crate::time::zone::Period;
use shared::conversation::Stage;
use shared::moment::Moment;
use shared::rating::{Mood, Scale};

pub struct ReportView {
    /// The four key figures; empty with too few responses.
    pub key_figures: Vec<KeyFigure>,
    /// `None` with few responses.
    pub trend: Option<TrendView>,
    /// The comparison with the period before, in a sentence.
    pub comparison: Option<String>,
    pub markers: Vec<ChangeMarkerView>,
    /// The number of responses, in words.
    pub people: String,
    pub distribution: Vec<DistributionRow>,
    /// How many check-ins were answered.
    pub asked: Option<AskedCount>,
    pub why: Vec<ReasonShare>,
    pub funnel: Vec<FunnelRow>,
    pub set_aside: u64,
    pub first_reply: Option<FirstReply>,
    /// The distribution of first reply times.
    pub replies: Vec<ReplyRow>,
    pub causes: Vec<TopCause>,
    pub mouth: Option<WordOfMouthView>,
    pub week: Option<HourHeatmap>,
    pub parts: Vec<SegmentTable>,
    /// The beginning of the segments' axis, in percent.
    pub axis_from: u32,
    pub outlier: Option<Outlier>,
    /// A report of several shops has no promise.
    pub is_of_one_shop: bool,
    /// Below this number of responses, figures are marked as few.
    pub few_limit: u64,
}

/// What a report is drawn with.
pub struct ReportContext<'a> {
    /// For the names of causes and reasons.
    pub settings: &'a ShopSettings,
    pub period: Period,
    /// Day number in the shop's time zone.
    pub today: i32,
    /// In opening hours.
    pub promise_ms: Option<i64>,
    pub is_of_one_shop: bool,
    /// `None` for shops with different rules.
    pub mouth: Option<WordOfMouth>,
    /// Where the rule can be changed; empty without the right to.
    pub mouth_href: &'a str,
    /// Link to responses; gives an empty address where the reader may not see them.
    pub to: &'a dyn Fn(&ResponseFilter) -> String,
}

impl ReportView {
    pub fn new(report: &PeriodReport, context: &ReportContext<'_>) -> Self {
        let ReportContext { settings, period, today, promise_ms, is_of_one_shop, mouth, mouth_href, to } =
            *context;
        let PeriodReport { now, before, breakdown, causes_before, check_ins, markers, .. } = report;
        let (felt, felt_before, recovery) = (now.happiness(), before.happiness(), &breakdown.recovery);
        let in_period = filter_for(period);
        let parts: &[BreakdownRow] = if felt.is_too_few() { &[] } else { &breakdown.parts };
        let axis = segments::axis(parts);
        let complaints = recovery.complaints();
        let marker = |(marker, [before, since]): &(_, [Csat; 2])| {
            let marker: &crate::db::change_markers::ChangeMarker = marker;
            let name = cause_name(settings, &marker.cause);
            let compared_days = marker.day - windows(marker.day, today).0.0;
            crate::analytics::change_markers::view(marker, period, &name, *before, *since, to, compared_days)
        };
        Self {
            key_figures: key_figures(felt, felt_before, recovery, period.days),
            trend: if felt.is_few() { None } else { trend_chart::view(now) },
            comparison: format_comparison(felt, felt_before, period.days),
            markers: markers.iter().map(marker).collect(),
            people: format!("{} people", format_number(felt.all)),
            distribution: if felt.is_few() { Vec::new() } else { distribution(now, &in_period, to) },
            asked: asked(*check_ins, &breakdown.parts),
            why: breakdown
                .reasons
                .iter()
                .map(|(code, n)| ReasonShare {
                    name: reason(settings, code),
                    href: to(&ResponseFilter { reason: code.clone(), ..in_period.clone() }),
                    answers: format_number(*n),
                })
                .collect(),
            funnel: if complaints == 0 { Vec::new() } else { recovery::funnel(recovery, to, &in_period) },
            set_aside: recovery.count_at(Stage::SetAside),
            first_reply: recovery::first_reply(recovery, promise_ms),
            replies: recovery::replies(recovery, promise_ms),
            causes: top_causes::rows(
                &breakdown.causes,
                causes_before,
                (felt.all, felt_before.all),
                |code| cause_name(settings, code),
                to,
                &in_period,
            ),
            mouth: mouth.and_then(|rule| {
                let unhappy = complaints - recovery.recovered() - recovery.count_at(Stage::SetAside);
                word_of_mouth::view(unhappy, recovery.recovered(), now.by_rating[4], rule, mouth_href)
            }),
            week: hour_heatmap::view(&breakdown.hours, to, &in_period),
            parts: segments::tables(parts, axis, to, &in_period, felt),
            axis_from: axis.from,
            outlier: segments::find_outlier(parts),
            is_of_one_shop,
            few_limit: FEW,
        }
    }
}

pub struct KeyFigure {
    pub name: String,
    pub value: String,
    /// May be empty.
    pub unit: String,
    /// The line below.
    pub more: String,
}

pub struct DistributionRow {
    pub face: Face,
    /// Link to the responses.
    pub href: String,
    pub answers: String,
    /// `84 %`, or nothing.
    pub share: String,
    /// In percent.
    pub width: String,
}

/// What became of check-ins by triggers.
pub struct AskedCount {
    pub shown: String,
    pub answered: String,
    pub dismissed: String,
    /// Neither answered nor dismissed.
    pub passed: String,
}

pub struct ReasonShare {
    pub name: String,
    /// Link to the responses.
    pub href: String,
    pub answers: String,
}

/// `None` without check-ins, and with more responses than check-ins: then counting began in the middle of the period.
fn asked(sum: CheckInTotals, parts: &[BreakdownRow]) -> Option<AskedCount> {
    let by_themselves = [Moment::MidJourney.as_str(), Moment::AfterCheckout.as_str()];
    let answers = parts.iter().filter(|p| p.by == Metric::Moment && by_themselves.contains(&p.name.as_str()));
    let answered: u64 = answers.map(|p| p.happiness.all).sum();
    let (shown, dismissed) = (u64::try_from(sum.shown).ok()?, u64::try_from(sum.dismissed).ok()?);
    let passed = shown.checked_sub(answered)?.checked_sub(dismissed)?;
    let with_share = |n: u64| match (Csat { happy: n, all: shown }).percent() {
        Some(percent) if shown >= FEW => format!("{} ({percent}\u{a0}%)", format_number(n)),
        _ => format_number(n),
    };
    (shown > 0).then(|| AskedCount {
        shown: format_number(shown),
        answered: with_share(answered),
        dismissed: with_share(dismissed),
        passed: with_share(passed),
    })
}

fn key_figures(felt: Csat, before: Csat, recovery: &Recovery, days: u32) -> Vec<KeyFigure> {
    let Some(range) = felt.range().filter(|_| !felt.is_too_few()) else { return Vec::new() };
    let likely = format!("likely between {} and {}", percent(range.low), percent(range.high));
    let happy = match felt.percent() {
        Some(share) if !felt.is_few() => KeyFigure {
            name: "Happy".to_owned(),
            value: format!("{share}\u{a0}%"),
            unit: String::new(),
            more: format!("{} of {} answers, {likely}", format_number(felt.happy), format_number(felt.all)),
        },
        _ => KeyFigure {
            name: "Happy".to_owned(),
            value: format_number(felt.happy),
            unit: format!("of {}", format_number(felt.all)),
            more: format!("few answers, {likely} of 100"),
        },
    };
    vec![
        happy,
        KeyFigure {
            name: "Answers".to_owned(),
            value: format_number(felt.all),
            unit: String::new(),
            more: match before.all {
                0 => format!("none in the {days} days before"),
                n => format!("{} in the {days} days before", format_number(n)),
            },
        },
        won_back_figure(recovery),
        first_reply_figure(recovery),
    ]
}

fn won_back_figure(recovery: &Recovery) -> KeyFigure {
    let won = Csat { happy: recovery.recovered(), all: recovery.complaints() };
    let more = match (won.percent(), won.range()) {
        (Some(share), Some(range)) if !won.is_few() => {
            format!("{share}\u{a0}%, likely between {} and {}", percent(range.low), percent(range.high))
        }
        (Some(_), _) => "of those who complained; too few for a share".to_owned(),
        (None, _) => "nobody complained".to_owned(),
    };
    KeyFigure {
        name: "Won back".to_owned(),
        value: format_number(won.happy),
        unit: if won.all == 0 { String::new() } else { format!("of {}", format_number(won.all)) },
        more,
    }
}

fn first_reply_figure(recovery: &Recovery) -> KeyFigure {
    let reply = recovery::first_reply(recovery, None);
    let (value, more) = match reply {
        Some(reply) => {
            (reply.median, format!("of opening time; half came sooner, 9 of 10 within {}", reply.nine_of_ten))
        }
        None => ("\u{2013}".to_owned(), "too few to tell".to_owned()),
    };
    KeyFigure { name: "Your first answer".to_owned(), value, unit: String::new(), more }
}

/// Three moods, or five faces if the question was asked with five.
fn distribution(
    series: &TrendSeries,
    period: &ResponseFilter,
    to: &dyn Fn(&ResponseFilter) -> String,
) -> Vec<DistributionRow> {
    let [one, two, three, four, five] = series.by_rating;
    let all = series.happiness().all;
    let rows: Vec<(Face, RatingFilter, u64)> = if two + four == 0 {
        vec![
            (Face::of_mood(Mood::Happy), RatingFilter::Happy, five),
            (Face::of_mood(Mood::Middling), RatingFilter::Middling, three),
            (Face::of_mood(Mood::Unhappy), RatingFilter::Unhappy, one),
        ]
    } else {
        [(5, five), (4, four), (3, three), (2, two), (1, one)]
            .into_iter()
            .map(|(n, answers)| {
                let face = Face::new(i64::from(n), Scale::FiveFaces, Default::default());
                (face, RatingFilter::Exactly(n), answers)
            })
            .collect()
    };
    let row = |(face, felt, answers): (Face, RatingFilter, u64)| {
        let share = Csat { happy: answers, all };
        DistributionRow {
            face,
            href: to(&ResponseFilter { felt, ..period.clone() }),
            answers: format_number(answers),
            share: share.percent().map(|p| format!("{p}\u{a0}%")).unwrap_or_default(),
            width: chart::percent(share.share().unwrap_or(0.0)),
        }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_thirty_answers_the_strip_has_no_percentage() {
        let breakdown =
            Recovery { stages: [(Stage::Recovered, 3), (Stage::InHand, 1)].into(), ..Recovery::default() };
        let few = key_figures(Csat::new(5, 7), Csat::default(), &breakdown, 90);
        assert!(few.iter().all(|n| !n.value.contains('%') && !n.more.contains('%')));
        assert_eq!((few[0].value.as_str(), few[0].unit.as_str()), ("5", "of 7"));
        assert!(key_figures(Csat::new(4, 4), Csat::default(), &breakdown, 90).is_empty());
        let many = key_figures(Csat::new(512, 612), Csat::new(1_200, 1_204), &breakdown, 90);
        assert_eq!(many[0].value, "84\u{a0}%");
        assert_eq!(many[0].more, "512 of 612 answers, likely between 81 and 86");
        assert_eq!(many[1].more, "1,204 in the 90 days before");
        assert_eq!((many[2].value.as_str(), many[2].unit.as_str()), ("3", "of 4"));
        assert_eq!(many[3].more, "too few to tell");
    }

    #[test]
    fn who_was_asked_answered_put_it_off_or_let_it_pass() {
        let share = |name: &str, all| BreakdownRow {
            by: Metric::Moment,
            name: name.to_owned(),
            title: String::new(),
            happiness: Csat { happy: 0, all },
        };
        let parts = [share("mid_journey", 20), share("after_checkout", 6), share("any_time", 90)];
        let breakdown = asked(CheckInTotals { shown: 100, dismissed: 40 }, &parts).unwrap();
        assert_eq!(
            [breakdown.shown, breakdown.answered, breakdown.dismissed, breakdown.passed],
            ["100", "26 (26\u{a0}%)", "40 (40\u{a0}%)", "34 (34\u{a0}%)"]
        );
        assert!(
            asked(CheckInTotals { shown: 20, dismissed: 0 }, &parts).is_none(),
            "counted only since the middle"
        );
        assert!(asked(CheckInTotals::default(), &[]).is_none());
    }
}
