//! Chance with a seed, so that a run that found something can be had again.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of numbers that look random. Threads may share one; what each of them gets then depends on their order.
/// Source: Vigna's SplitMix64.
#[derive(Debug)]
pub struct Chance(AtomicU64);

impl Chance {
    /// The numbers that belong to this seed.
    pub fn of(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Sixty-four bits.
    pub fn bits(&self) -> u64 {
        let z =
            self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, or 0 if there is none.
    pub fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % end).unwrap_or_default()
    }

    /// True so many times in a hundred.
    pub fn in_a_hundred(&self, times: usize) -> bool {
        self.below(100) < times
    }
}

/// A seed nobody chose.
pub fn fresh_seed() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    // Short enough to be typed.
    u64::from_ne_bytes(bytes) % 1_000_000_000
}
