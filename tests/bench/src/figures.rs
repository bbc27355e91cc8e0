//! What was measured, added up.

use std::time::Duration;

/// What became of the requests of one load.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    /// How long each good answer took, in microseconds.
    pub(crate) took_us: Vec<u32>,
    /// Answers 2xx that carried the id that was sent.
    pub(crate) good: u64,
    /// Answers 503.
    pub(crate) turned_away: u64,
    /// Any other answer, or a 2xx for something else than what was sent.
    pub(crate) bad: u64,
    /// Connections that broke or never answered: these may be stored or not.
    pub(crate) broken: u64,
    /// How long the load lasted.
    pub(crate) elapsed: Duration,
}

impl Tally {
    /// Counts one answer.
    pub(crate) fn answered(&mut self, status: u16, took: Duration, body: &[u8], id: &str) {
        match status {
            // `{"id":"…` is how each of them begins.
            200..300 if body.get(7..43) == Some(id.as_bytes()) => {
                self.good += 1;
                self.took_us.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            }
            503 => self.turned_away += 1,
            _ => self.bad += 1,
        }
    }

    /// Adds what another client saw.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.took_us.append(&mut other.took_us);
        self.good += other.good;
        self.turned_away += other.turned_away;
        self.bad += other.bad;
        self.broken += other.broken;
    }

    /// What there is to say about it.
    pub(crate) fn figures(mut self) -> Figures {
        self.took_us.sort_unstable();
        Figures {
            per_second: self.good as f64 / self.elapsed.as_secs_f64().max(1e-9),
            p50_ms: percentile_ms(&self.took_us, 50),
            p99_ms: percentile_ms(&self.took_us, 99),
            max_ms: percentile_ms(&self.took_us, 100),
            not_good: self.turned_away + self.bad + self.broken,
            processor_us: 0.0,
        }
    }
}

/// One load in figures.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    /// Good answers a second.
    pub(crate) per_second: f64,
    /// Half of the good answers were quicker.
    pub(crate) p50_ms: f64,
    /// 99 of 100 were quicker.
    pub(crate) p99_ms: f64,
    /// The slowest.
    pub(crate) max_ms: f64,
    /// Whatever was not a good answer.
    pub(crate) not_good: u64,
    /// Processor time of the server for one good answer, in microseconds: what a busy machine cannot falsify.
    pub(crate) processor_us: f64,
}

/// The same load in several rounds: the median of each figure, the slowest of all, the sum of what was not good.
pub(crate) fn middle(rounds: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| median(rounds.iter().map(figure).collect());
    Figures {
        per_second: of(|f| f.per_second),
        p50_ms: of(|f| f.p50_ms),
        p99_ms: of(|f| f.p99_ms),
        max_ms: rounds.iter().map(|f| f.max_ms).fold(0.0, f64::max),
        not_good: rounds.iter().map(|f| f.not_good).sum(),
        processor_us: of(|f| f.processor_us),
    }
}

/// The median; 0 of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

fn percentile_ms(sorted_us: &[u32], percent: usize) -> f64 {
    let last = sorted_us.len().saturating_sub(1);
    sorted_us.get((sorted_us.len() * percent / 100).min(last)).map_or(0.0, |us| f64::from(*us) / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles_are_what_they_are_called() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(vec![]), 0.0);
        let thousand: Vec<u32> = (1..=1000).map(|n| n * 1000).collect();
        assert_eq!(percentile_ms(&thousand, 50), 501.0);
        assert_eq!(percentile_ms(&thousand, 99), 991.0);
        assert_eq!(percentile_ms(&thousand, 100), 1000.0);
        assert_eq!(percentile_ms(&[], 99), 0.0);
    }

    #[test]
    fn a_response_for_another_id_is_not_good() {
        let mut tally = Tally::default();
        let id = "0191f6c2-0000-7000-8000-000000000000";
        let answer = |id: &str| format!(r#"{{"id":"{id}","receipt":"K7Q-4MD"}}"#).into_bytes();
        tally.answered(201, Duration::ZERO, &answer(id), id);
        tally.answered(201, Duration::ZERO, &answer(&id.replace('7', "8")), id);
        tally.answered(200, Duration::ZERO, b"<html>", id);
        tally.answered(503, Duration::ZERO, b"", id);
        assert_eq!((tally.good, tally.bad, tally.turned_away), (1, 2, 1));
    }
}
