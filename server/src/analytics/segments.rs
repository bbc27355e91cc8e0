//! Where it goes well, and where it doesn't: the answers by moment, page, product, device and language.

use crate::analytics::breakdown::Part;
use crate::analytics::chart::{Axis, RangeDot, range_dot};
use crate::caches::tracked_names::OTHERS;
use crate::domain::counters::What;
use crate::domain::csat;
use crate::domain::csat::Happiness;
use crate::domain::response_filter::Filter;
use crate::text::phrases;
use crate::text::phrases::number;
use shared::moment::Moment;

/// One table of parts.
pub struct PartTable {
    /// What it is by.
    pub name: &'static str,
    /// `moment`, `page`, `product`, `device` or `language`.
    pub class: &'static str,
    /// Its rows, most answers first.
    pub rows: Vec<PartRow>,
}

/// One part.
pub struct PartRow {
    /// What it is called.
    pub name: String,
    /// The page's path under its title; empty for anything else.
    pub path: String,
    /// Where its responses are; empty for all others together, and where nobody is to see them.
    pub href: String,
    /// Its share and range; none under five answers.
    pub dot: Option<RangeDot>,
    /// The range in words.
    pub range: String,
    /// `77 %`, or nothing.
    pub share: String,
    /// How many answers.
    pub all: String,
    /// Whether it stands on few answers.
    pub is_few: bool,
}

/// A part that is clearly below the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandsOut {
    /// Which.
    pub name: String,
    /// By how much.
    pub why: String,
}

/// The axis that all parts share.
pub fn axis(parts: &[Part]) -> Axis {
    axis_of(&parts.iter().map(|part| part.happiness).collect::<Vec<_>>())
}

/// The axis on which all of these can be drawn.
pub fn axis_of(all: &[Happiness]) -> Axis {
    let told: Vec<Happiness> = all.iter().copied().filter(|h| !h.is_few()).collect();
    Axis::fitting(&told, 40)
}

/// The parts as tables. Of few answers altogether, only moment and page are told: the rest would be rows of one.
pub fn tables(
    parts: &[Part],
    axis: Axis,
    to: impl Fn(&Filter) -> String,
    period: &Filter,
    all: Happiness,
) -> Vec<PartTable> {
    let by = [
        (What::Moment, "Moment"),
        (What::Page, "Page"),
        (What::Product, "Product"),
        (What::Device, "Device"),
        (What::Language, "Language"),
    ];
    let told = if all.is_few() { 2 } else { by.len() };
    by.into_iter()
        .take(told)
        .map(|(by, name)| PartTable {
            name,
            class: by.as_str(),
            rows: parts.iter().filter(|p| p.by == by).map(|p| row(p, axis, &to, period)).collect(),
        })
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn row(part: &Part, axis: Axis, to: impl Fn(&Filter) -> String, period: &Filter) -> PartRow {
    let h = part.happiness;
    let href = if part.name == OTHERS { String::new() } else { to(&narrowed(period, part)) };
    let range =
        h.range().map(|r| format!("likely {} to {}\u{a0}%", csat::percent(r.low), csat::percent(r.high)));
    PartRow {
        name: name(part),
        path: if part.title.is_empty() { String::new() } else { part.name.clone() },
        href,
        dot: range_dot(h, axis).filter(|_| !h.is_too_few()),
        range: range.unwrap_or_default(),
        share: h.percent().filter(|_| !h.is_too_few()).map(|p| format!("{p}\u{a0}%")).unwrap_or_default(),
        all: number(h.all),
        is_few: h.is_few(),
    }
}

/// Only the responses of a part.
fn narrowed(period: &Filter, part: &Part) -> Filter {
    let (mut filter, name) = (period.clone(), part.name.clone());
    match part.by {
        What::Moment => filter.moment = Moment::named(&name),
        What::Page => filter.page = name,
        What::Product => filter.product = name,
        What::Device => filter.device = name,
        What::Language => filter.language = name,
        _ => {}
    }
    filter
}

fn name(part: &Part) -> String {
    match part.by {
        What::Page if part.name == OTHERS => "All other pages".to_owned(),
        What::Product if part.name == OTHERS => "All other products".to_owned(),
        What::Moment => phrases::moment(&part.name).to_owned(),
        What::Device => phrases::device(&part.name).to_owned(),
        What::Language => phrases::language(&part.name).to_owned(),
        _ if part.title.is_empty() => part.name.clone(),
        _ => part.title.clone(),
    }
}

/// The page that is hardly by chance below the other pages, if there is one, in words.
pub fn stands_out(parts: &[Part]) -> Option<StandsOut> {
    let lowest = lowest_page(parts)?;
    let percent = lowest.happiness.percent()?;
    let name = if lowest.title.is_empty() { lowest.name.clone() } else { format!("“{}”", lowest.title) };
    Some(StandsOut { name, why: format!("{percent} of 100, clearly below the other pages.") })
}

/// The page that is hardly by chance below the other pages, if there is one.
pub fn lowest_page(parts: &[Part]) -> Option<&Part> {
    let pages: Vec<&Part> = parts.iter().filter(|p| p.by == What::Page && p.name != OTHERS).collect();
    let mut all = Happiness::default();
    pages.iter().for_each(|p| all += p.happiness);
    let below = |part: &&&Part| {
        let h = part.happiness;
        let rest = Happiness { happy: all.happy - h.happy, all: all.all - h.all };
        let (Some(here), Some(elsewhere)) = (h.range(), rest.range()) else { return false };
        !h.is_few() && !rest.is_few() && here.high < elsewhere.low
    };
    let by_share = |a: &&&Part, b: &&&Part| {
        a.happiness.share().partial_cmp(&b.happiness.share()).unwrap_or(std::cmp::Ordering::Equal)
    };
    pages.iter().filter(below).min_by(by_share).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn part(by: What, name: &str, happy: i64, all: i64) -> Part {
        Part { by, name: name.into(), title: String::new(), happiness: Happiness::of(happy, all) }
    }

    #[test]
    fn only_a_page_that_is_clearly_below_the_others_stands_out() {
        let pages = [
            part(What::Page, "/basket", 49, 74),
            part(What::Page, "/bowls", 150, 168),
            part(What::Page, "/new", 0, 4),
        ];
        assert_eq!(
            stands_out(&pages),
            Some(StandsOut {
                name: "/basket".into(),
                why: "66 of 100, clearly below the other pages.".into()
            })
        );
        assert_eq!(stands_out(&[part(What::Page, "/a", 40, 50), part(What::Page, "/b", 42, 50)]), None);
        assert_eq!(stands_out(&[part(What::Page, "/a", 10, 50)]), None);
        assert_eq!(stands_out(&[]), None);
    }

    #[test]
    fn a_part_leads_to_its_responses_and_says_no_share_on_four_answers() {
        let parts = [
            part(What::Moment, "mid_journey", 219, 284),
            part(What::Page, "/a b", 3, 4),
            part(What::Device, "phone", 9, 10),
        ];
        let days =
            Filter { from: Some(date(2026, 8, 24)), to: Some(date(2026, 11, 21)), ..Filter::default() };
        let to = |filter: &Filter| format!("/responses?{}", filter.query());
        let tables = tables(&parts, axis(&parts), to, &days, Happiness::of(231, 298));
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
