//! Responses by moment, page, product, device and language.

use crate::analytics::breakdown::BreakdownRow;
use crate::analytics::chart::{Axis, RangeDot, range_dot};
use crate::caches::tracked_names::OTHERS;
use crate::domain::counters::Metric;
use crate::domain::csat;
use crate::domain::csat::Csat;
use crate::domain::response_filter::ResponseFilter;
use crate::text::phrases;
use crate::text::phrases::format_number;
use shared::moment::Moment;

pub struct SegmentTable {
    pub name: &'static str,
    /// Tables of pages have a column for the path.
    pub is_of_pages: bool,
    /// The most responses first.
    pub rows: Vec<SegmentRow>,
}

pub struct SegmentRow {
    pub name: String,
    /// The path below a page's title; empty for anything else.
    pub path: String,
    /// Empty for "all others", and in a shared report.
    pub href: String,
    /// `None` with too few responses.
    pub dot: Option<RangeDot>,
    /// In words.
    pub range: String,
    /// `77 %`; empty with too few responses.
    pub share: String,
    pub all: String,
    pub is_few: bool,
}

/// A page that is clearly below the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    pub name: String,
    pub why: String,
}

/// The axis of all rows.
pub fn axis(parts: &[BreakdownRow]) -> Axis {
    axis_of(&parts.iter().map(|part| part.happiness).collect::<Vec<_>>())
}

pub fn axis_of(all: &[Csat]) -> Axis {
    let shown: Vec<Csat> = all.iter().copied().filter(|h| !h.is_few()).collect();
    Axis::for_values(&shown, 40)
}

/// With few responses altogether, only moments and pages are shown: other tables would have rows of one response.
pub fn tables(
    parts: &[BreakdownRow],
    axis: Axis,
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
    all: Csat,
) -> Vec<SegmentTable> {
    let by = [
        (Metric::Moment, "Moment"),
        (Metric::Page, "Page"),
        (Metric::Product, "Product"),
        (Metric::Device, "Device"),
        (Metric::Language, "Language"),
    ];
    let shown = if all.is_few() { 2 } else { by.len() };
    by.into_iter()
        .take(shown)
        .map(|(by, name)| SegmentTable {
            name,
            is_of_pages: by == Metric::Page,
            rows: parts.iter().filter(|p| p.by == by).map(|p| row(p, axis, &to, period)).collect(),
        })
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn row(
    part: &BreakdownRow,
    axis: Axis,
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> SegmentRow {
    let h = part.happiness;
    let href = if part.name == OTHERS { String::new() } else { to(&narrowed(period, part)) };
    let range =
        h.range().map(|r| format!("likely {} to {}\u{a0}%", csat::percent(r.low), csat::percent(r.high)));
    SegmentRow {
        name: name(part),
        path: if part.title.is_empty() { String::new() } else { part.name.clone() },
        href,
        dot: range_dot(h, axis).filter(|_| !h.is_too_few()),
        range: range.unwrap_or_default(),
        share: h.percent().filter(|_| !h.is_too_few()).map(|p| format!("{p}\u{a0}%")).unwrap_or_default(),
        all: format_number(h.all),
        is_few: h.is_few(),
    }
}

fn narrowed(period: &ResponseFilter, part: &BreakdownRow) -> ResponseFilter {
    let (mut filter, name) = (period.clone(), part.name.clone());
    match part.by {
        Metric::Moment => filter.moment = Moment::named(&name),
        Metric::Page => filter.page = name,
        Metric::Product => filter.product = name,
        Metric::Device => filter.device = name,
        Metric::Language => filter.language = name,
        _ => {}
    }
    filter
}

fn name(part: &BreakdownRow) -> String {
    match part.by {
        Metric::Page if part.name == OTHERS => "All other pages".to_owned(),
        Metric::Product if part.name == OTHERS => "All other products".to_owned(),
        Metric::Moment => phrases::moment_name(&part.name).to_owned(),
        Metric::Device => phrases::device_name(&part.name).to_owned(),
        Metric::Language => phrases::language_name(&part.name).to_owned(),
        _ if part.title.is_empty() => part.name.clone(),
        _ => part.title.clone(),
    }
}

pub fn find_outlier(parts: &[BreakdownRow]) -> Option<Outlier> {
    let lowest = lowest_page(parts)?;
    let percent = lowest.happiness.percent()?;
    let name = if lowest.title.is_empty() { lowest.name.clone() } else { format!("“{}”", lowest.title) };
    Some(Outlier { name, why: format!("{percent} of 100, clearly below the other pages.") })
}

/// The page whose share is below that of the other pages: their likely ranges do not overlap.
pub fn lowest_page(parts: &[BreakdownRow]) -> Option<&BreakdownRow> {
    let pages: Vec<&BreakdownRow> =
        parts.iter().filter(|p| p.by == Metric::Page && p.name != OTHERS).collect();
    let mut all = Csat::default();
    pages.iter().for_each(|p| all += p.happiness);
    let below = |part: &&&BreakdownRow| {
        let h = part.happiness;
        let rest = Csat { happy: all.happy - h.happy, all: all.all - h.all };
        let (Some(here), Some(elsewhere)) = (h.range(), rest.range()) else { return false };
        !h.is_few() && !rest.is_few() && here.high < elsewhere.low
    };
    let by_share = |a: &&&BreakdownRow, b: &&&BreakdownRow| {
        a.happiness.share().partial_cmp(&b.happiness.share()).unwrap_or(std::cmp::Ordering::Equal)
    };
    pages.iter().filter(below).min_by(by_share).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn part(by: Metric, name: &str, happy: i64, all: i64) -> BreakdownRow {
        BreakdownRow { by, name: name.into(), title: String::new(), happiness: Csat::new(happy, all) }
    }

    #[test]
    fn only_a_page_that_is_clearly_below_the_others_stands_out() {
        let pages = [
            part(Metric::Page, "/basket", 49, 74),
            part(Metric::Page, "/bowls", 150, 168),
            part(Metric::Page, "/new", 0, 4),
        ];
        assert_eq!(
            find_outlier(&pages),
            Some(Outlier { name: "/basket".into(), why: "66 of 100, clearly below the other pages.".into() })
        );
        assert_eq!(find_outlier(&[part(Metric::Page, "/a", 40, 50), part(Metric::Page, "/b", 42, 50)]), None);
        assert_eq!(find_outlier(&[part(Metric::Page, "/a", 10, 50)]), None);
        assert_eq!(find_outlier(&[]), None);
    }

    #[test]
    fn a_part_leads_to_its_responses_and_says_no_share_on_four_answers() {
        let parts = [
            part(Metric::Moment, "mid_journey", 219, 284),
            part(Metric::Page, "/a b", 3, 4),
            part(Metric::Device, "phone", 9, 10),
        ];
        let days = ResponseFilter {
            from: Some(date(2026, 8, 24)),
            to: Some(date(2026, 11, 21)),
            ..ResponseFilter::default()
        };
        let to = |filter: &ResponseFilter| format!("/responses?{}", filter.query());
        let tables = tables(&parts, axis(&parts), to, &days, Csat::new(231, 298));
        assert_eq!(tables.iter().map(|t| t.name).collect::<Vec<_>>(), ["Moment", "Page", "Device"]);
        let (moment, page, device) = (&tables[0].rows[0], &tables[1].rows[0], &tables[2].rows[0]);
        assert_eq!(moment.href, "/responses?moment=mid_journey&from=2026-08-24&to=2026-11-21");
        assert_eq!((moment.name.as_str(), moment.range.as_str()), ("Half-way", "likely 72 to 82\u{a0}%"));
        assert_eq!((page.share.as_str(), page.dot.is_none(), page.is_few), ("", true, true));
        assert_eq!(
            (device.share.as_str(), device.href.as_str()),
            ("90\u{a0}%", "/responses?device=phone&from=2026-08-24&to=2026-11-21")
        );
    }
}
