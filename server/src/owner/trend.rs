//! A period's answers, step by step: quarters of an hour from the database become local days, weeks or months.

use super::days::{Days, Period, QUARTER_MS};
use crate::happiness::Happiness;
use jiff::civil::Date;

/// How many answers of one rating fell into one quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// Unix time in quarters of an hour, UTC.
    pub quarter: i64,
    /// 1 to 5, 5 best.
    pub rating: i64,
    /// How many.
    pub answers: i64,
}

/// How long one step of the trend is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A local day.
    Day,
    /// Seven local days, counted back from the last, so that the newest week is whole.
    Week,
    /// A calendar month.
    Month,
}

impl Step {
    /// The finest step that still has some answers in it, so that the line says something.
    pub fn fitting(days: u32, answers: u64) -> Self {
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

/// Everything counted over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Answers by rating, from 1 to 5.
    pub by_rating: [u64; 5],
    /// The step of the trend.
    pub step: Step,
    /// Each step: its first day and its answers.
    pub steps: Vec<(Date, Happiness)>,
}

impl Counted {
    /// All answers of the period.
    pub fn happiness(&self) -> Happiness {
        let [_, _, _, four, five] = self.by_rating;
        Happiness { happy: four + five, all: self.by_rating.iter().sum() }
    }
}

/// Sorts quarters into the local days of a period. What lies outside of it is left out.
pub fn counted(quarters: &[Quarter], period: Period, days: &Days) -> Counted {
    let mut by_rating = [0u64; 5];
    let mut by_day = vec![Happiness::default(); period.days as usize];
    for q in quarters {
        let day = days.day(q.quarter * QUARTER_MS);
        let nth = usize::try_from((day - period.first).get_days());
        let rating = usize::try_from(q.rating - 1);
        let (Some(of_day), Some(of_rating)) =
            (nth.ok().and_then(|i| by_day.get_mut(i)), rating.ok().and_then(|i| by_rating.get_mut(i)))
        else {
            continue;
        };
        let answers = Happiness::of(if q.rating >= 4 { q.answers } else { 0 }, q.answers);
        *of_rating += answers.all;
        *of_day += answers;
    }
    let step = Step::fitting(period.days, by_rating.iter().sum());
    Counted { by_rating, step, steps: steps(&by_day, period.first, step) }
}

fn steps(by_day: &[Happiness], first: Date, step: Step) -> Vec<(Date, Happiness)> {
    let mut steps: Vec<(Date, Happiness)> = Vec::new();
    for (i, answers) in by_day.iter().enumerate() {
        let day = Days::before(first, -i32::try_from(i).unwrap_or(0));
        let to_come = by_day.len() - i;
        let begins = match step {
            Step::Day => true,
            // What is left over at the beginning joins the first whole week unless it is most of one.
            Step::Week => to_come.is_multiple_of(7) && i >= 4 || i == 0,
            Step::Month => day.day() == 1 && i >= 10 || i == 0,
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

    fn quarter(at: &str, rating: i64, answers: i64) -> Quarter {
        let at_ms = at.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        Quarter { quarter: at_ms / QUARTER_MS, rating, answers }
    }

    #[test]
    fn the_same_answers_fall_on_other_days_elsewhere() {
        let late = [quarter("2026-11-20T23:45:00Z", 5, 2), quarter("2026-11-21T00:00:00Z", 1, 1)];
        let period = Period::up_to(date(2026, 11, 21), 7);
        let of = |zone| -> Vec<(u64, u64)> {
            let counted = counted(&late, period, &Days::of(zone));
            counted.steps.iter().skip(5).map(|(_, h)| (h.happy, h.all)).collect()
        };
        assert_eq!(of("UTC"), [(2, 2), (0, 1)]);
        assert_eq!(of("America/New_York"), [(2, 3), (0, 0)]);
        assert_eq!(of("Europe/Berlin"), [(0, 0), (2, 3)]);
        assert_eq!(of("Asia/Kathmandu"), [(0, 0), (2, 3)]);
    }

    #[test]
    fn the_hour_that_comes_twice_is_counted_on_its_one_day() {
        let night = [
            quarter("2026-10-24T22:00:00Z", 4, 1),
            quarter("2026-10-25T00:30:00Z", 4, 1),
            quarter("2026-10-25T01:30:00Z", 4, 1),
            quarter("2026-10-25T22:45:00Z", 4, 1),
            quarter("2026-10-25T23:00:00Z", 4, 1),
        ];
        let counted = counted(&night, Period::up_to(date(2026, 10, 26), 7), &Days::of("Europe/Berlin"));
        let all: Vec<u64> = counted.steps.iter().map(|(_, h)| h.all).collect();
        assert_eq!(all, [0, 0, 0, 0, 0, 4, 1]);
    }

    #[test]
    fn what_lies_outside_or_is_no_rating_does_not_count() {
        let odd = [
            quarter("2026-11-01T12:00:00Z", 5, 9),
            quarter("2026-11-30T12:00:00Z", 5, 9),
            quarter("2026-11-20T12:00:00Z", 6, 9),
            quarter("2026-11-20T12:00:00Z", 0, 9),
        ];
        let counted = counted(&odd, Period::up_to(date(2026, 11, 21), 7), &Days::of("UTC"));
        assert_eq!(counted.happiness(), Happiness::default());
        assert_eq!(counted.steps.iter().map(|(_, h)| h.all).sum::<u64>(), 0);
    }

    #[test]
    fn ninety_days_are_thirteen_weeks_and_the_last_is_whole() {
        let period = Period::up_to(date(2026, 11, 21), 90);
        let counted = counted(&[quarter("2026-11-15T12:00:00Z", 5, 3)], period, &Days::of("UTC"));
        assert_eq!((counted.step, counted.steps.len()), (Step::Week, 13));
        assert_eq!(counted.steps[0].0, period.first);
        assert_eq!(counted.steps[12], (date(2026, 11, 15), Happiness { happy: 3, all: 3 }));
    }

    #[test]
    fn a_quiet_year_is_told_month_by_month() {
        let period = Period::up_to(date(2026, 11, 21), 365);
        let steps = counted(&[quarter("2026-02-28T12:00:00Z", 2, 1)], period, &Days::of("UTC"));
        assert_eq!(steps.step, Step::Month);
        assert_eq!(steps.steps.len(), 12, "{:?}", steps.steps);
        assert_eq!(Step::fitting(365, 5_000), Step::Week);
        assert_eq!((Step::fitting(30, 100), Step::fitting(30, 300)), (Step::Week, Step::Day));
    }
}
