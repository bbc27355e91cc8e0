//! A period's responses by day, week or month.

use crate::db::counters::ByRating;
use crate::domain::csat::Csat;
use crate::time::zone::{Period, ShopZone};
use jiff::civil::Date;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendInterval {
    /// A local day.
    Day,
    /// Seven local days, counted back from the last, so that the newest week is whole.
    Week,
    Month,
}

impl TrendInterval {
    /// The finest interval that still has enough responses in each step.
    pub fn for_period(days: u32, answers: u64) -> Self {
        const ENOUGH: u64 = 8;
        match days {
            0..=14 => Self::Day,
            15..=60 if answers >= u64::from(days) * ENOUGH => Self::Day,
            15..=120 => Self::Week,
            _ if answers >= u64::from(days / 7) * ENOUGH => Self::Week,
            _ => Self::Month,
        }
    }

    /// As in "Happy customers, week by week".
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendSeries {
    /// From 1 to 5.
    pub by_rating: [u64; 5],
    pub interval: TrendInterval,
    /// First day and responses.
    pub steps: Vec<(Date, Csat)>,
}

impl TrendSeries {
    pub fn happiness(&self) -> Csat {
        let [_, _, _, four, five] = self.by_rating;
        Csat { happy: four + five, all: self.by_rating.iter().sum() }
    }
}

/// Groups the counters of days into a period. Days outside of it are left out.
pub fn series(days: &[(i32, ByRating)], period: Period) -> TrendSeries {
    let mut by_rating = [0u64; 5];
    let mut by_day = vec![Csat::default(); period.days as usize];
    let first = ShopZone::day_number(period.first);
    for (day, answers) in days {
        let Some(of_day) = usize::try_from(day - first).ok().and_then(|i| by_day.get_mut(i)) else {
            continue;
        };
        let [_, _, _, four, five] = *answers;
        *of_day += Csat::new(four + five, answers.iter().sum());
        for (sum, answers) in by_rating.iter_mut().zip(answers) {
            *sum += u64::try_from(*answers).unwrap_or(0);
        }
    }
    let interval = TrendInterval::for_period(period.days, by_rating.iter().sum());
    TrendSeries { by_rating, interval, steps: steps(&by_day, period.first, interval) }
}

fn steps(by_day: &[Csat], first: Date, interval: TrendInterval) -> Vec<(Date, Csat)> {
    let mut steps: Vec<(Date, Csat)> = Vec::new();
    for (i, answers) in by_day.iter().enumerate() {
        let day = ShopZone::before(first, -i32::try_from(i).unwrap_or(0));
        let days_left = by_day.len() - i;
        let begins = match interval {
            TrendInterval::Day => true,
            // The days left over at the beginning join the first whole week unless they are most of a week.
            TrendInterval::Week => days_left.is_multiple_of(7) && i >= 4 || i == 0,
            TrendInterval::Month => day.day() == 1 && i >= 10 || i == 0,
        };
        match steps.last_mut() {
            Some((_, sum)) if !begins => *sum += *answers,
            _ => steps.push((day, *answers)),
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn on(day: Date, rating: usize, answers: i64) -> (i32, ByRating) {
        let mut by_rating = [0; 5];
        by_rating[rating - 1] = answers;
        (ShopZone::day_number(day), by_rating)
    }

    #[test]
    fn what_lies_outside_does_not_count() {
        let odd = [
            on(date(2026, 11, 14), 5, 9),
            on(date(2026, 11, 15), 2, 1),
            on(date(2026, 11, 21), 4, 2),
            on(date(2026, 11, 22), 5, 9),
        ];
        let series = series(&odd, Period::ending(date(2026, 11, 21), 7));
        assert_eq!((series.happiness(), series.by_rating), (Csat { happy: 2, all: 3 }, [0, 1, 0, 2, 0]));
        assert_eq!(series.steps.iter().map(|(_, h)| h.all).collect::<Vec<_>>(), [1, 0, 0, 0, 0, 0, 2]);
    }

    #[test]
    fn ninety_days_are_thirteen_weeks_and_the_last_is_whole() {
        let period = Period::ending(date(2026, 11, 21), 90);
        let series = series(&[on(date(2026, 11, 15), 5, 3)], period);
        assert_eq!((series.interval, series.steps.len()), (TrendInterval::Week, 13));
        assert_eq!(series.steps[0].0, period.first);
        assert_eq!(series.steps[12], (date(2026, 11, 15), Csat { happy: 3, all: 3 }));
    }

    #[test]
    fn a_quiet_year_is_told_month_by_month() {
        let period = Period::ending(date(2026, 11, 21), 365);
        let steps = series(&[on(date(2026, 2, 28), 2, 1)], period);
        assert_eq!(steps.interval, TrendInterval::Month);
        assert_eq!(steps.steps.len(), 12, "{:?}", steps.steps);
        assert_eq!(TrendInterval::for_period(365, 5_000), TrendInterval::Week);
        assert_eq!(
            (TrendInterval::for_period(30, 100), TrendInterval::for_period(30, 300)),
            (TrendInterval::Week, TrendInterval::Day)
        );
    }
}
