//! What the summary tells in numbers and drawings: the same for the shop's people, for the board, and of all shops together.

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

/// The numbers and drawings.
pub struct ReportView {
    /// The four numbers on top; none under five answers.
    pub strip: Vec<KeyFigure>,
    /// The trend; none under thirty answers.
    pub trend: Option<TrendView>,
    /// How it compares with the period before.
    pub compared: Option<String>,
    /// What was changed.
    pub markers: Vec<ChangeMarkerView>,
    /// How many answered, in words.
    pub people: String,
    /// What they answered.
    pub distribution: Vec<DistributionRow>,
    /// What became of those who were asked by themselves.
    pub asked: Option<AskedCount>,
    /// The reasons they picked.
    pub why: Vec<ReasonShare>,
    /// What became of complaints.
    pub funnel: Vec<FunnelRow>,
    /// How many of them needed no answer.
    pub set_aside: u64,
    /// How fast the first answer came.
    pub first_reply: Option<FirstReply>,
    /// Likewise, in steps.
    pub replies: Vec<ReplyRow>,
    /// What caused complaints.
    pub causes: Vec<TopCause>,
    /// Who else may hear of it.
    pub mouth: Option<WordOfMouthView>,
    /// The hours at which it goes wrong.
    pub week: Option<HourHeatmap>,
    /// By moment, page and so on.
    pub parts: Vec<SegmentTable>,
    /// Where the axis of those begins, in percent.
    pub axis_from: u32,
    /// The page that is clearly below the others.
    pub stands_out: Option<Outlier>,
    /// Whether it is of one shop, which promises something or nothing.
    pub is_of_one_shop: bool,
    /// Under so many answers a number can still mean anything.
    pub few_limit: u64,
}

/// What a picture is drawn for.
pub struct ReportContext<'a> {
    /// The shop's settings: what it calls its causes and reasons.
    pub settings: &'a ShopSettings,
    /// Which days.
    pub period: Period,
    /// The shop's day, counted from 1970-01-01.
    pub today: i32,
    /// What is promised, in milliseconds of opening hours.
    pub promise_ms: Option<i64>,
    /// Whether it is of one shop.
    pub is_of_one_shop: bool,
    /// To how many others people tell it; none for shops that differ in that.
    pub mouth: Option<WordOfMouth>,
    /// Where that can be changed; empty where it cannot.
    pub mouth_href: &'a str,
    /// Where the responses behind a number are; an empty address where nobody is to see them.
    pub to: &'a dyn Fn(&ResponseFilter) -> String,
}

impl ReportView {
    /// Draws what was found.
    pub fn new(found: &PeriodReport, frame: &ReportContext<'_>) -> Self {
        let ReportContext { settings, period, today, promise_ms, is_of_one_shop, mouth, mouth_href, to } =
            *frame;
        let PeriodReport { now, before, told, causes_before, check_ins, changed, .. } = found;
        let (felt, felt_before, recovery) = (now.happiness(), before.happiness(), &told.recovery);
        let in_period = filter_for(period);
        let parts: &[BreakdownRow] = if felt.is_too_few() { &[] } else { &told.parts };
        let axis = segments::axis(parts);
        let complaints = recovery.complaints();
        let marker = |(marker, [before, since]): &(_, [Csat; 2])| {
            let marker: &crate::db::change_markers::ChangeMarker = marker;
            let name = cause_name(settings, &marker.cause);
            let compared_days = marker.day - windows(marker.day, today).0.0;
            crate::analytics::change_markers::view(marker, period, &name, *before, *since, to, compared_days)
        };
        Self {
            strip: key_figures(felt, felt_before, recovery, period.days),
            trend: if felt.is_few() { None } else { trend_chart::view(now) },
            compared: format_comparison(felt, felt_before, period.days),
            markers: changed.iter().map(marker).collect(),
            people: format!("{} people", format_number(felt.all)),
            distribution: if felt.is_few() { Vec::new() } else { distribution(now, &in_period, to) },
            asked: asked(*check_ins, &told.parts),
            why: told
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
                &told.causes,
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
            week: hour_heatmap::view(&told.hours, to, &in_period),
            parts: segments::tables(parts, axis, to, &in_period, felt),
            axis_from: axis.from,
            stands_out: segments::stands_out(parts),
            is_of_one_shop,
            few_limit: FEW,
        }
    }
}

/// One number of the strip.
pub struct KeyFigure {
    /// What it is called.
    pub name: String,
    /// The number.
    pub value: String,
    /// What belongs to it; may be empty.
    pub unit: String,
    /// What stands under it.
    pub more: String,
}

/// One row of the distribution.
pub struct DistributionRow {
    /// How they felt.
    pub face: Face,
    /// Who they are.
    pub href: String,
    /// How many.
    pub answers: String,
    /// `84 %`, or nothing.
    pub share: String,
    /// The same as a width.
    pub width: String,
}

/// What became of those who were asked by themselves.
pub struct AskedCount {
    /// How many were asked.
    pub shown: String,
    /// How many answered.
    pub answered: String,
    /// How many closed it.
    pub dismissed: String,
    /// How many did neither.
    pub passed: String,
}

/// One reason and how often it was picked.
pub struct ReasonShare {
    /// What it is called.
    pub name: String,
    /// Who picked it.
    pub href: String,
    /// How often.
    pub answers: String,
}

/// What became of those who were asked by themselves; `None` where nobody was, or more answered than were counted as asked:
/// then counting began in the middle of the period.
fn asked(sum: CheckInTotals, parts: &[BreakdownRow]) -> Option<AskedCount> {
    let by_themselves = [Moment::MidJourney.as_str(), Moment::AfterCheckout.as_str()];
    let answers = parts.iter().filter(|p| p.by == Metric::Moment && by_themselves.contains(&p.name.as_str()));
    let answered: u64 = answers.map(|p| p.happiness.all).sum();
    let (shown, dismissed) = (u64::try_from(sum.shown).ok()?, u64::try_from(sum.dismissed).ok()?);
    let passed = shown.checked_sub(answered)?.checked_sub(dismissed)?;
    let said = |n: u64| match (Csat { happy: n, all: shown }).percent() {
        Some(percent) if shown >= FEW => format!("{} ({percent}\u{a0}%)", format_number(n)),
        _ => format_number(n),
    };
    (shown > 0).then(|| AskedCount {
        shown: format_number(shown),
        answered: said(answered),
        dismissed: said(dismissed),
        passed: said(passed),
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
        won_back(recovery),
        first_answer(recovery),
    ]
}

fn won_back(recovery: &Recovery) -> KeyFigure {
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

fn first_answer(recovery: &Recovery) -> KeyFigure {
    let told = recovery::first_reply(recovery, None);
    let (value, more) = match told {
        Some(told) => {
            (told.median, format!("of opening time; half came sooner, 9 of 10 within {}", told.nine_of_ten))
        }
        None => ("\u{2013}".to_owned(), "too few to tell".to_owned()),
    };
    KeyFigure { name: "Your first answer".to_owned(), value, unit: String::new(), more }
}

/// The rows of the distribution: the three moods, or five faces where somebody was asked with five.
fn distribution(
    counted: &TrendSeries,
    period: &ResponseFilter,
    to: &dyn Fn(&ResponseFilter) -> String,
) -> Vec<DistributionRow> {
    let [one, two, three, four, five] = counted.by_rating;
    let all = counted.happiness().all;
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
        let part = Csat { happy: answers, all };
        DistributionRow {
            face,
            href: to(&ResponseFilter { felt, ..period.clone() }),
            answers: format_number(answers),
            share: part.percent().map(|p| format!("{p}\u{a0}%")).unwrap_or_default(),
            width: chart::percent(part.share().unwrap_or(0.0)),
        }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_thirty_answers_the_strip_has_no_percentage() {
        let told =
            Recovery { stages: [(Stage::Recovered, 3), (Stage::InHand, 1)].into(), ..Recovery::default() };
        let few = key_figures(Csat::new(5, 7), Csat::default(), &told, 90);
        assert!(few.iter().all(|n| !n.value.contains('%') && !n.more.contains('%')));
        assert_eq!((few[0].value.as_str(), few[0].unit.as_str()), ("5", "of 7"));
        assert!(key_figures(Csat::new(4, 4), Csat::default(), &told, 90).is_empty());
        let many = key_figures(Csat::new(512, 612), Csat::new(1_200, 1_204), &told, 90);
        assert_eq!(many[0].value, "84\u{a0}%");
        assert_eq!(many[0].more, "512 of 612 answers, likely between 81 and 86");
        assert_eq!(many[1].more, "1,204 in the 90 days before");
        assert_eq!((many[2].value.as_str(), many[2].unit.as_str()), ("3", "of 4"));
        assert_eq!(many[3].more, "too few to tell");
    }

    #[test]
    fn who_was_asked_answered_put_it_off_or_let_it_pass() {
        let part = |name: &str, all| BreakdownRow {
            by: Metric::Moment,
            name: name.to_owned(),
            title: String::new(),
            happiness: Csat { happy: 0, all },
        };
        let parts = [part("mid_journey", 20), part("after_checkout", 6), part("any_time", 90)];
        let told = asked(CheckInTotals { shown: 100, dismissed: 40 }, &parts).unwrap();
        assert_eq!(
            [told.shown, told.answered, told.dismissed, told.passed],
            ["100", "26 (26\u{a0}%)", "40 (40\u{a0}%)", "34 (34\u{a0}%)"]
        );
        assert!(
            asked(CheckInTotals { shown: 20, dismissed: 0 }, &parts).is_none(),
            "counted only since the middle"
        );
        assert!(asked(CheckInTotals::default(), &[]).is_none());
    }
}
