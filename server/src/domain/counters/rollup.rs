//! Which sums make a period. Single days of a long period would be many rows to read, so past days are stored as sums
//! of 8 and of 64 days as well; a period is some of those in its middle, and single days at its ends.

/// Days in a sum, ascending; each is a multiple of the one before.
pub const SPANS: [i32; 3] = [1, 8, 64];
/// How many days ago a day must have ended before it goes into a longer sum: a response is stored under the shop's
/// local day, which may differ from the collector's, and seconds later.
pub const SETTLED_DAYS: i32 = 3;

/// The days before which sums of 8 and of 64 days are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RollupMarks(pub [i32; 2]);

/// Sums of `span` days that begin on or after `from` and before `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// One of [`SPANS`].
    pub span: i32,
    pub from: i32,
    pub until: i32,
}

/// The first day of the sum that contains a day.
pub fn block(day: i32, span: i32) -> i32 {
    day.div_euclid(span) * span
}

/// `today` is in UTC.
pub fn may_be_kept(today: i32) -> RollupMarks {
    RollupMarks([8, 64].map(|span| block(today - SETTLED_DAYS, span)))
}

/// The sums that make the days from `first` to before `until`: at most five runs, each day once.
pub fn plan(first: i32, until: i32, marks: RollupMarks) -> [Bucket; 5] {
    let within = |span: i32, (from, until): (i32, i32), mark: i32| {
        let begin = block(from + span - 1, span);
        let end = block(until.min(mark), span);
        if begin < end { (begin, end) } else { (from, from) }
    };
    let RollupMarks([mark_8, mark_64]) = marks;
    let until = until.max(first);
    let eights = within(8, (first, until), mark_8);
    let sixty_fours = within(64, eights, mark_64);
    let sixty_fours = if sixty_fours.0 < sixty_fours.1 { sixty_fours } else { (eights.0, eights.0) };
    [
        Bucket { span: 1, from: first, until: eights.0 },
        Bucket { span: 8, from: eights.0, until: sixty_fours.0 },
        Bucket { span: 64, from: sixty_fours.0, until: sixty_fours.1 },
        Bucket { span: 8, from: sixty_fours.1, until: eights.1 },
        Bucket { span: 1, from: eights.1, until },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_period_is_made_of_each_of_its_days_once(
            first in -100i32..30_000, days in 0i32..900, mark in 0i32..30_000, sixty in any::<bool>(),
        ) {
            let mark_8 = block(mark, 8);
            let marks = RollupMarks([mark_8, if sixty { block(mark, 64) } else { block(mark / 2, 64) }]);
            let mut covered = Vec::new();
            let mut rows = 0;
            for part in plan(first, first + days, marks) {
                prop_assert!(part.from <= part.until);
                if part.from < part.until {
                    prop_assert_eq!((block(part.from, part.span), block(part.until, part.span)), (part.from, part.until));
                    let longest = match part.span { 8 => marks.0[0], 64 => marks.0[1], _ => i32::MAX };
                    prop_assert!(part.until <= longest, "only of what is kept");
                }
                covered.extend(part.from..part.until);
                rows += (part.until - part.from) / part.span;
            }
            prop_assert_eq!(covered, (first..first + days).collect::<Vec<_>>());
            if first + days <= marks.0[1] {
                prop_assert!(rows <= 2 * 7 + 2 * 7 + days / 64, "{} sums for {} days", rows, days);
            }
        }

        #[test]
        fn what_is_kept_is_over_everywhere(today in 0i32..30_000) {
            let RollupMarks([eight, sixty_four]) = may_be_kept(today);
            prop_assert!(sixty_four <= eight && eight <= today - SETTLED_DAYS && eight > today - SETTLED_DAYS - 8);
        }
    }
}
