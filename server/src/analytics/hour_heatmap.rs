//! The hours of the shop's week in which most people are unhappy, as a map and as a table.

use crate::domain::csat::{Csat, TOO_FEW};
use crate::domain::response_filter::{RatingFilter, ResponseFilter};
use crate::text::calendar_names::weekday_name;
use crate::text::phrases::{format_number, hour_name};
use shared::words::Language;
use std::collections::BTreeMap;

pub struct HourHeatmap {
    /// Hours without responses are left out.
    pub cells: Vec<HeatmapCell>,
    /// The first three letters of each weekday.
    pub days: Vec<HeatmapLabel>,
    /// The map's description in words.
    pub name: String,
    /// In the order of the week.
    pub rows: Vec<HeatmapRow>,
}

/// The map is 24 wide and 7 high.
pub struct HeatmapCell {
    /// Hour of the day.
    pub x: u8,
    /// Day of the week, Monday is 0.
    pub y: u8,
    /// Opacity, 0 to 1.
    pub shade: String,
}

pub struct HeatmapLabel {
    pub text: String,
    /// The middle of the row.
    pub y: String,
}

pub struct HeatmapRow {
    /// `Monday 14:00`.
    pub name: String,
    /// Link to the responses that were not happy.
    pub href: String,
    pub not_happy: String,
    pub all: String,
}

/// `None` with fewer than thirty responses, whose map would be random.
pub fn view(
    hours: &BTreeMap<u8, Csat>,
    to: impl Fn(&ResponseFilter) -> String,
    period: &ResponseFilter,
) -> Option<HourHeatmap> {
    let mut all = Csat::default();
    hours.values().for_each(|h| all += *h);
    if all.is_few() {
        return None;
    }
    let not_happy = |h: &Csat| h.all - h.happy;
    let most = hours.values().map(not_happy).max().filter(|most| *most > 0)?;
    let cells = hours.iter().filter(|(_, h)| not_happy(h) > 0).map(|(hour, h)| HeatmapCell {
        x: hour % 24,
        y: hour / 24,
        shade: format!("{:.2}", 0.12 + 0.88 * not_happy(h) as f64 / most as f64),
    });
    let days = (0..7).map(|day: u8| HeatmapLabel {
        text: weekday_name(day.into(), Language::En).chars().take(3).collect(),
        y: format!("{:.2}%", (f64::from(day) + 0.5) / 7.0 * 100.0),
    });
    let row = |(hour, h): (&u8, &Csat)| HeatmapRow {
        name: hour_name(*hour),
        href: to(&ResponseFilter { hour: Some(*hour), felt: RatingFilter::NotHappy, ..period.clone() }),
        not_happy: format_number(not_happy(h)),
        all: format_number(h.all),
    };
    Some(HourHeatmap {
        cells: cells.collect(),
        days: days.collect(),
        name: name(hours),
        rows: hours.iter().filter(|(_, h)| not_happy(h) > 0).map(row).collect(),
    })
}

/// The map's description: the hour with the most ratings below 4.
fn name(hours: &BTreeMap<u8, Csat>) -> String {
    let worst = hours.iter().max_by_key(|(hour, h)| (h.all - h.happy, std::cmp::Reverse(**hour)));
    match worst {
        Some((hour, h)) if h.all - h.happy >= TOO_FEW => format!(
            "Answers that were not happy, by hour of the week. Most of them came on {}: {}.",
            hour_name(*hour).replacen(' ', " at ", 1),
            format_number(h.all - h.happy)
        ),
        _ => "Answers that were not happy, by hour of the week. No hour stands out.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_hour(hours: &[(u8, i64, i64)]) -> BTreeMap<u8, Csat> {
        hours.iter().map(|(hour, happy, all)| (*hour, Csat::new(*happy, *all))).collect()
    }

    #[test]
    fn the_worst_hour_is_the_darkest() {
        let week = view(
            &by_hour(&[(0, 20, 22), (38, 5, 15), (167, 9, 9)]),
            ResponseFilter::query,
            &ResponseFilter::default(),
        )
        .unwrap();
        let cells: Vec<(u8, u8, &str)> = week.cells.iter().map(|c| (c.x, c.y, c.shade.as_str())).collect();
        assert_eq!(cells, [(0, 0, "0.30"), (14, 1, "1.00")]);
        assert!(week.name.ends_with("Most of them came on Tuesday at 14:00: 10."), "{}", week.name);
        assert_eq!(week.rows.len(), 2);
        assert_eq!(week.rows[1].href, "felt=not_happy&hour=38");
        assert_eq!((week.rows[1].not_happy.as_str(), week.rows[1].all.as_str()), ("10", "15"));
    }

    #[test]
    fn a_few_answers_are_no_map() {
        assert!(view(&by_hour(&[(0, 2, 22)]), ResponseFilter::query, &ResponseFilter::default()).is_none());
        assert!(view(&by_hour(&[(0, 50, 50)]), ResponseFilter::query, &ResponseFilter::default()).is_none());
        let quiet =
            view(&by_hour(&[(0, 46, 50)]), ResponseFilter::query, &ResponseFilter::default()).unwrap();
        assert!(quiet.name.ends_with("No hour stands out."));
    }
}
