//! How many responses a filter lets through: read from what is counted where that tells it, else counted as far as anybody
//! reads such a number.

use crate::db::{Db, counter_queries, counters, response_queries};
use crate::domain::counters::What;
use crate::domain::response_filter::Filter;
use crate::error::Failure;
use crate::text::phrases::{capital, many, number};
use crate::time::zone::Days;
use shared::ids::ShopKey;

/// Beyond this a number is not worth reading every response for.
pub const COUNTED_TO: u64 = 10_000;

/// How many responses there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowMany {
    /// Exactly so many.
    Exactly(u64),
    /// More than [`COUNTED_TO`].
    Lots,
}

/// How many pass the filter.
///
/// # Errors
/// What the database says.
pub async fn how_many(db: &Db, shop: &ShopKey, filter: &Filter, days: &Days) -> Result<HowMany, Failure> {
    if let Some((what, key)) = counted_as(filter) {
        let (first, last) = filter.days();
        // No response is older than the days it is counted by, or comes the day after tomorrow.
        let days = (first.max(0), last.min(DAYS_MAX) + 1);
        let marks = counters::marks(db).await?.unwrap_or_default();
        let (lowest, highest) = filter.felt.ratings();
        let kept = counter_queries::over(db, shop, &[what], days, marks).await?;
        let by_rating = kept.iter().filter(|kept| kept.key == key).flat_map(|kept| (1..).zip(kept.by_rating));
        let all: i64 =
            by_rating.filter(|(rating, _)| (lowest..=highest).contains(rating)).map(|(_, n)| n).sum();
        return Ok(HowMany::Exactly(u64::try_from(all).unwrap_or(0)));
    }
    let found = response_queries::count(db, shop, filter, days, COUNTED_TO + 1).await?;
    Ok(if found > COUNTED_TO { HowMany::Lots } else { HowMany::Exactly(found) })
}

/// The last day that is counted, from 1970-01-01: far enough, and no sum of days overflows.
const DAYS_MAX: i32 = 1 << 24;

/// What counts exactly the responses that pass a filter, whatever its days and its feeling. Pages and products are not among
/// it: only those with the most answers are counted by themselves.
fn counted_as(filter: &Filter) -> Option<(What, String)> {
    let days_only = Filter { felt: filter.felt, from: filter.from, to: filter.to, ..Filter::default() };
    let of = |what: What, key: &str, same: Filter| (same == *filter).then(|| (what, key.to_owned()));
    if let Some(moment) = filter.moment {
        return of(What::Moment, moment.as_str(), Filter { moment: Some(moment), ..days_only });
    }
    if let Some(hour) = filter.hour {
        return of(What::Hour, &format!("{hour:02}"), Filter { hour: Some(hour), ..days_only });
    }
    if !filter.device.is_empty() {
        let device = filter.device.clone();
        return of(What::Device, &filter.device, Filter { device, ..days_only });
    }
    if !filter.reason.is_empty() {
        let reason = filter.reason.clone();
        return of(What::Reason, &filter.reason, Filter { reason, ..days_only });
    }
    if filter.with_words {
        return of(What::Words, "", Filter { with_words: true, ..days_only });
    }
    of(What::All, "", days_only)
}

/// How many there are, in a sentence.
pub fn said(all: HowMany, filter: &Filter) -> String {
    match (all, filter.is_any()) {
        (HowMany::Exactly(0), true) => "Nothing here yet.".to_owned(),
        (HowMany::Exactly(n), true) => format!("{}.", capital(&many(n, "response", "responses"))),
        (HowMany::Exactly(1), false) => "One response fits.".to_owned(),
        (HowMany::Exactly(n), false) => format!("{} fit.", capital(&many(n, "response", "responses"))),
        (HowMany::Lots, _) => format!("More than {} responses fit.", number(COUNTED_TO)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::response_filter::Felt;
    use shared::moment::Moment;

    #[test]
    fn only_what_is_counted_by_itself_is_read_from_the_counts() {
        let of = |filter: Filter| counted_as(&filter).map(|(what, key)| format!("{}:{key}", what.as_str()));
        let unhappy = Filter { felt: Felt::Unhappy, ..Filter::default() };
        assert_eq!(of(unhappy.clone()).as_deref(), Some("all:"));
        let at_checkout = Filter { moment: Some(Moment::AfterCheckout), ..unhappy.clone() };
        assert_eq!(of(at_checkout.clone()).as_deref(), Some("moment:after_checkout"));
        assert_eq!(of(Filter { hour: Some(9), ..unhappy.clone() }).as_deref(), Some("hour:09"));
        assert_eq!(of(Filter { with_words: true, ..unhappy.clone() }).as_deref(), Some("words:"));
        for more in [
            Filter { with_words: true, ..at_checkout.clone() },
            Filter { device: "phone".to_owned(), ..at_checkout },
            Filter { page: "/bowls".to_owned(), ..unhappy.clone() },
            Filter { text: "late".to_owned(), ..unhappy.clone() },
            Filter { complaints: true, ..unhappy },
        ] {
            assert_eq!(of(more.clone()), None, "{more:?}");
        }
    }

    #[test]
    fn a_number_that_nobody_reads_to_its_end_is_not_said_to_its_end() {
        let (any, some) = (Filter::default(), Filter { wants_reply: true, ..Filter::default() });
        assert_eq!(said(HowMany::Exactly(0), &any), "Nothing here yet.");
        assert_eq!(said(HowMany::Exactly(1), &some), "One response fits.");
        assert_eq!(said(HowMany::Exactly(612), &any), "612 responses.");
        assert_eq!(said(HowMany::Lots, &some), "More than 10,000 responses fit.");
    }
}
