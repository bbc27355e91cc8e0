//! CSAT: the share of ratings 4 and 5 among all ratings.
//!
//! Always kept as two counts and shown with its number of responses and its confidence interval; never as an average.

use std::ops::AddAssign;

/// Fewer responses say nothing about a share.
pub const TOO_FEW: u64 = 5;
/// Below this a share is drawn hollow and without a percentage.
pub const FEW: u64 = 30;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Csat {
    /// Ratings 4 and 5.
    pub happy: u64,
    pub all: u64,
}

/// Of shares, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Csat {
    /// Clamps impossible counts.
    pub fn new(happy: i64, all: i64) -> Self {
        let all = u64::try_from(all).unwrap_or(0);
        Self { happy: u64::try_from(happy).unwrap_or(0).min(all), all }
    }

    pub fn share(self) -> Option<f64> {
        (self.all > 0).then(|| self.happy as f64 / self.all as f64)
    }

    pub fn percent(self) -> Option<u32> {
        self.share().map(percent)
    }

    /// The 95 % confidence interval.
    ///
    /// Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    /// Unlike the normal approximation it stays within 0 to 1, and does not shrink to nothing when all agree.
    pub fn range(self) -> Option<Interval> {
        const Z: f64 = 1.959_963_984_540_054;
        let p = self.share()?;
        let n = self.all as f64;
        let spread = 1.0 + Z * Z / n;
        let middle = (p + Z * Z / (2.0 * n)) / spread;
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt() / spread;
        Some(Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) })
    }

    /// Whether the responses are too few to say anything about a share.
    pub fn is_too_few(self) -> bool {
        self.all < TOO_FEW
    }

    /// Whether a percentage would look more certain than it is.
    pub fn is_few(self) -> bool {
        self.all < FEW
    }
}

impl AddAssign for Csat {
    fn add_assign(&mut self, other: Self) {
        self.happy += other.happy;
        self.all += other.all;
    }
}

impl Interval {
    /// Disjoint intervals: the difference is unlikely to be random.
    pub fn is_apart_from(self, other: Self) -> bool {
        self.high < other.low || other.high < self.low
    }
}

/// In whole percent. 0 and 100 are returned for exactly none and all only.
pub fn percent(share: f64) -> u32 {
    let rounded = (share * 100.0).round().clamp(0.0, 100.0) as u32;
    match rounded {
        0 if share > 0.0 => 1,
        100 if share < 1.0 => 99,
        n => n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_share_lies_in_its_range_and_the_range_between_nothing_and_all(all in 1u64..100_000, part in 0.0f64..=1.0) {
            let h = Csat { happy: (all as f64 * part) as u64, all };
            let (share, range) = (h.share().unwrap(), h.range().unwrap());
            prop_assert!(0.0 <= range.low && range.low <= share + 1e-12);
            prop_assert!(share <= range.high + 1e-12 && range.high <= 1.0);
        }
    }

    /// Known values: R's `binom::binom.confint(x, n, methods = "wilson")`.
    #[test]
    fn the_range_is_wilsons() {
        for (happy, all, low, high) in [
            (0, 10, 0.0, 0.277_53),
            (1, 10, 0.017_88, 0.404_15),
            (5, 10, 0.236_59, 0.763_41),
            (10, 10, 0.722_47, 1.0),
            (512, 612, 0.805_28, 0.863_76),
            (30, 38, 0.636_51, 0.889_3),
        ] {
            let range = Csat::new(happy, all).range().unwrap();
            assert!((range.low - low).abs() < 1e-3, "{happy} of {all}: {range:?}");
            assert!((range.high - high).abs() < 1e-3, "{happy} of {all}: {range:?}");
        }
    }

    #[test]
    fn a_share_of_no_responses_is_not_a_share_of_zero() {
        let none = Csat::default();
        assert_eq!((none.share(), none.percent(), none.range()), (None, None, None));
        assert_eq!(Csat::new(0, 7).percent(), Some(0));
    }

    #[test]
    fn all_is_said_only_of_all() {
        assert_eq!(Csat::new(999, 1_000).percent(), Some(99));
        assert_eq!(Csat::new(1, 1_000).percent(), Some(1));
        assert_eq!(Csat::new(1_000, 1_000).percent(), Some(100));
        assert_eq!(Csat::new(9, -3), Csat::default());
    }

    #[test]
    fn four_answers_are_too_few_and_twenty_nine_are_few() {
        assert!(Csat::new(4, 4).is_too_few() && !Csat::new(5, 5).is_too_few());
        assert!(Csat::new(29, 29).is_few() && !Csat::new(30, 30).is_few());
    }

    #[test]
    fn ranges_that_touch_may_differ_at_random() {
        let (before, since) = (Csat::new(243, 309), Csat::new(270, 303));
        assert!(before.range().unwrap().is_apart_from(since.range().unwrap()));
        let close = Csat::new(250, 309).range().unwrap();
        assert!(!close.is_apart_from(before.range().unwrap()));
    }
}
