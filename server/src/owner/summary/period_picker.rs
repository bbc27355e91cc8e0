//! Links to choose the number of last days.

use crate::text::form_fields::FormFields;
use crate::time::zone::PERIODS;

pub struct PeriodLink {
    pub name: &'static str,
    pub href: String,
    pub is_here: bool,
}

/// 90 unless the query names one of the choices.
pub fn chosen_days(query: &FormFields) -> u32 {
    query.get("days").parse().ok().filter(|days| PERIODS.contains(days)).unwrap_or(90)
}

/// `here` is the number of days that is shown, if it is one of the choices.
pub fn links(here: Option<u32>, to: impl Fn(u32) -> String) -> Vec<PeriodLink> {
    let names = ["7 days", "30 days", "90 days", "A year"];
    let link = |(days, name)| PeriodLink { name, href: to(days), is_here: here == Some(days) };
    PERIODS.into_iter().zip(names).map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_offered_can_be_asked_for() {
        let of = |days| chosen_days(&[("days", days)].into_iter().collect());
        assert_eq!([of("7"), of("365"), of("8"), of("-7"), of("")], [7, 365, 90, 90, 90]);
        let links = links(Some(30), |days| format!("/summary?days={days}"));
        let here: Vec<&str> =
            links.iter().filter(|link| link.is_here).map(|link| link.href.as_str()).collect();
        assert_eq!((links.len(), here), (4, vec!["/summary?days=30"]));
    }
}
