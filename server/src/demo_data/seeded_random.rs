//! Reproducible randomness for demo data. Secrets come from `security::random`.

use crate::security::random::Random;
use std::sync::atomic::{AtomicU64, Ordering};

/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (SplitMix64).
pub struct SeededRandom(AtomicU64);

impl SeededRandom {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next_u64(&self) -> u64 {
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut n = self.0.fetch_add(GOLDEN, Ordering::Relaxed).wrapping_add(GOLDEN);
        n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        n ^ (n >> 31)
    }

    /// From 0 up to, but not including, 1.
    pub fn fraction(&self) -> f64 {
        // A float has 53 bits of precision.
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub fn is(&self, percent: u32) -> bool {
        self.fraction() * 100.0 < f64::from(percent)
    }

    /// `None` for an empty list.
    pub fn choose<'a, T: ?Sized>(&self, list: &[&'a T]) -> Option<&'a T> {
        list.get((self.fraction() * list.len() as f64) as usize).copied()
    }

    /// From `from` up to, but not including, `until`.
    pub fn between(&self, from: i64, until: i64) -> i64 {
        from + (self.fraction() * (until - from) as f64) as i64
    }

    /// A log-normal span, as durations of human work are: mostly below the median, sometimes many times above it.
    pub fn around(&self, median_ms: i64) -> i64 {
        // The sum of twelve uniform numbers is nearly normal, with variance 1. Source: central limit theorem.
        let normal: f64 = (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0;
        (median_ms as f64 * (0.8 * normal).exp()) as i64
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let roll = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&roll[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_alike_and_another_does_not() {
        let rolls = |seed| {
            let dice = SeededRandom::new(seed);
            (0..9).map(|_| dice.next_u64()).collect::<Vec<_>>()
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(8));
        let dice = SeededRandom::new(1);
        let heads = (0..10_000).filter(|_| dice.is(30)).count();
        assert!((2_700..3_300).contains(&heads), "{heads}");
        assert!((0..1_000).all(|_| (3..9).contains(&dice.between(3, 9))));
    }
}
