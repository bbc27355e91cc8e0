//! The number of responses that pass a filter: from the counters if they have it, else counted up to a limit.

use crate::db::{Db, counter_queries, counters, response_queries};
use crate::domain::counters::Metric;
use crate::domain::response_filter::ResponseFilter;
use crate::error::AppError;
use crate::text::phrases::{capitalize, format_many, format_number};
use crate::time::zone::ShopZone;
use shared::ids::ShopKey;

/// Counting further would read too many rows for a number of little use.
pub const COUNT_MAX: u64 = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultCount {
    Exactly(u64),
    /// More than [`COUNT_MAX`].
    Lots,
}

pub async fn count_results(
    db: &Db,
    shop: &ShopKey,
    filter: &ResponseFilter,
    zone: &ShopZone,
) -> Result<ResultCount, AppError> {
    if let Some((what, key)) = find_counter(filter) {
        let (first, last) = filter.days();
        // No response lies outside of these days; the counters of tomorrow exist where a shop's time zone is ahead of UTC.
        let zone = (first.max(0), last.min(DAYS_MAX) + 1);
        let marks = counters::marks(db).await?.unwrap_or_default();
        let (lowest, highest) = filter.felt.ratings();
        let rows = counter_queries::totals(db, shop, &[what], zone, marks).await?;
        let by_rating = rows.iter().filter(|rows| rows.key == key).flat_map(|rows| (1..).zip(rows.by_rating));
        let all: i64 =
            by_rating.filter(|(rating, _)| (lowest..=highest).contains(rating)).map(|(_, n)| n).sum();
        return Ok(ResultCount::Exactly(u64::try_from(all).unwrap_or(0)));
    }
    let count = response_queries::count(db, shop, filter, zone, COUNT_MAX + 1).await?;
    Ok(if count > COUNT_MAX { ResultCount::Lots } else { ResultCount::Exactly(count) })
}

/// Far beyond any date, and yet no sum of days overflows.
const DAYS_MAX: i32 = 1 << 24;

/// The counter of exactly these responses, whatever their days and ratings. Pages and products have none here: only the most
/// frequent are counted by themselves.
fn find_counter(filter: &ResponseFilter) -> Option<(Metric, String)> {
    let days_only =
        ResponseFilter { felt: filter.felt, from: filter.from, to: filter.to, ..ResponseFilter::default() };
    let of =
        |what: Metric, key: &str, same: ResponseFilter| (same == *filter).then(|| (what, key.to_owned()));
    if let Some(moment) = filter.moment {
        return of(Metric::Moment, moment.as_str(), ResponseFilter { moment: Some(moment), ..days_only });
    }
    if let Some(hour) = filter.hour {
        return of(Metric::Hour, &format!("{hour:02}"), ResponseFilter { hour: Some(hour), ..days_only });
    }
    if !filter.device.is_empty() {
        let device = filter.device.clone();
        return of(Metric::Device, &filter.device, ResponseFilter { device, ..days_only });
    }
    if !filter.reason.is_empty() {
        let reason = filter.reason.clone();
        return of(Metric::Reason, &filter.reason, ResponseFilter { reason, ..days_only });
    }
    if filter.with_words {
        return of(Metric::Words, "", ResponseFilter { with_words: true, ..days_only });
    }
    of(Metric::All, "", days_only)
}

pub fn format_result_count(all: ResultCount, filter: &ResponseFilter) -> String {
    match (all, filter.is_any()) {
        (ResultCount::Exactly(0), true) => "Nothing here yet.".to_owned(),
        (ResultCount::Exactly(n), true) => {
            format!("{}.", capitalize(&format_many(n, "response", "responses")))
        }
        (ResultCount::Exactly(1), false) => "One response fits.".to_owned(),
        (ResultCount::Exactly(n), false) => {
            format!("{} fit.", capitalize(&format_many(n, "response", "responses")))
        }
        (ResultCount::Lots, _) => format!("More than {} responses fit.", format_number(COUNT_MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::response_filter::RatingFilter;
    use shared::moment::Moment;

    #[test]
    fn only_what_is_counted_by_itself_is_read_from_the_counts() {
        let of = |filter: ResponseFilter| {
            find_counter(&filter).map(|(what, key)| format!("{}:{key}", what.as_str()))
        };
        let unhappy = ResponseFilter { felt: RatingFilter::Unhappy, ..ResponseFilter::default() };
        assert_eq!(of(unhappy.clone()).as_deref(), Some("all:"));
        let at_checkout = ResponseFilter { moment: Some(Moment::AfterCheckout), ..unhappy.clone() };
        assert_eq!(of(at_checkout.clone()).as_deref(), Some("moment:after_checkout"));
        assert_eq!(of(ResponseFilter { hour: Some(9), ..unhappy.clone() }).as_deref(), Some("hour:09"));
        assert_eq!(of(ResponseFilter { with_words: true, ..unhappy.clone() }).as_deref(), Some("words:"));
        for more in [
            ResponseFilter { with_words: true, ..at_checkout.clone() },
            ResponseFilter { device: "phone".to_owned(), ..at_checkout },
            ResponseFilter { page: "/bowls".to_owned(), ..unhappy.clone() },
            ResponseFilter { text: "late".to_owned(), ..unhappy.clone() },
            ResponseFilter { complaints: true, ..unhappy },
        ] {
            assert_eq!(of(more.clone()), None, "{more:?}");
        }
    }

    #[test]
    fn a_very_large_number_is_shown_as_more_than_ten_thousand() {
        let (any, some) =
            (ResponseFilter::default(), ResponseFilter { wants_reply: true, ..ResponseFilter::default() });
        assert_eq!(format_result_count(ResultCount::Exactly(0), &any), "Nothing here yet.");
        assert_eq!(format_result_count(ResultCount::Exactly(1), &some), "One response fits.");
        assert_eq!(format_result_count(ResultCount::Exactly(612), &any), "612 responses.");
        assert_eq!(format_result_count(ResultCount::Lots, &some), "More than 10,000 responses fit.");
    }
}
