//! Counts durations in buckets an eighth of an octave wide, so that a few hundred of them hold everything from a
//! second to a year.

/// Shorter durations are in the first bucket.
const FIRST_MS: f64 = 1.0;
/// The middle of a bucket is at most 2^(1/16) - 1 = 4.4 % away from the values in it.
const IN_AN_OCTAVE: f64 = 8.0;

/// Three digits, so that keys sort like durations.
pub fn bucket(ms: i64) -> String {
    format!("{:03}", number(ms))
}

fn number(ms: i64) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "an eighth of an octave is coarser by far")]
    let octaves = (ms.max(1) as f64 / FIRST_MS).log2();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm of 64 bits is at most 63"
    )]
    let number = (octaves * IN_AN_OCTAVE).floor() as u32;
    number
}

pub fn middle_ms(key: &str) -> Option<f64> {
    let number: u32 = key.parse().ok().filter(|n| *n < 504)?;
    Some(FIRST_MS * ((f64::from(number) + 0.5) / IN_AN_OCTAVE).exp2())
}

/// Expects the buckets in the order of their keys. Wrong by at most 4.4 %.
pub fn quantile_ms<'a>(buckets: impl IntoIterator<Item = (&'a str, u64)>, part: f64) -> Option<f64> {
    let buckets: Vec<(&str, u64)> = buckets.into_iter().filter(|(_, n)| *n > 0).collect();
    let all: u64 = buckets.iter().map(|(_, n)| n).sum();
    #[expect(clippy::cast_precision_loss, reason = "nobody has so many conversations")]
    let rank = (part * all as f64).ceil().max(1.0);
    let mut seen = 0u64;
    for (key, n) in buckets {
        seen += n;
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        if seen as f64 >= rank {
            return middle_ms(key);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn nothing_has_no_quantile() {
        assert_eq!(quantile_ms([], 0.5), None);
        assert_eq!(quantile_ms([("100", 0)], 0.5), None);
        assert_eq!((bucket(-5), bucket(0), bucket(1)), ("000".into(), "000".into(), "000".into()));
        assert_eq!(bucket(i64::MAX), "504");
    }

    proptest! {
        #[test]
        fn buckets_sort_as_times_do(a in 0i64..1 << 40, b in 0i64..1 << 40) {
            prop_assert_eq!(a.cmp(&b), bucket(a).cmp(&bucket(b)).then(a.cmp(&b)));
        }

        /// The error that the documentation states.
        #[test]
        fn a_quantile_is_wrong_by_at_most_a_twentieth(
            times in proptest::collection::vec(16i64..3_000_000_000, 1..200),
            part in 0.01f64..1.0,
        ) {
            let mut buckets: BTreeMap<String, u64> = BTreeMap::new();
            for ms in &times {
                *buckets.entry(bucket(*ms)).or_default() += 1;
            }
            let told = quantile_ms(buckets.iter().map(|(key, n)| (key.as_str(), *n)), part).unwrap();
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let rank = ((part * sorted.len() as f64).ceil() as usize).max(1);
            let exact = sorted[rank - 1] as f64;
            prop_assert!((told / exact - 1.0).abs() <= 0.045, "told {told}, exact {exact}");
        }
    }
}
