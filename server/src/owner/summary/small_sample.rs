//! A summary of few answers: each of them as a face, and no percentage.

use crate::db::response_queries::ResponseListRow;
use crate::domain::csat;
use crate::domain::csat::{Csat, FEW};
use crate::owner::rating_label::Face;
use crate::text::phrases::format_many;
use crate::time::zone::ShopZone;
use shared::moment::Moment;
use shared::rating::Scale;

/// Every answer so far.
pub struct SmallSampleView {
    /// Why there is no percentage.
    pub why: String,
    /// The answers, oldest first.
    pub answers: Vec<SingleResponse>,
    /// How many empty places are drawn after them.
    pub empty: u64,
    /// How far it is to a percentage.
    pub count: String,
}

/// One answer.
pub struct SingleResponse {
    /// How they felt.
    pub face: Face,
    /// On which day.
    pub day: String,
}

/// The view of these answers, given newest first.
pub fn view(answers: &[ResponseListRow], days: &ShopZone, now_ms: i64) -> SmallSampleView {
    let happy = answers.iter().filter(|a| a.rating >= 4).count();
    let counts = Csat::new(i64::try_from(happy).unwrap_or(0), i64::try_from(answers.len()).unwrap_or(0));
    let one = |answer: &ResponseListRow| SingleResponse {
        face: Face::new(
            answer.rating,
            Scale::named(&answer.scale).unwrap_or_default(),
            Moment::named(&answer.moment).unwrap_or_default(),
        ),
        day: day(days, answer.created_at_ms, now_ms),
    };
    SmallSampleView {
        why: why(counts),
        answers: answers.iter().rev().map(one).collect(),
        empty: FEW.saturating_sub(counts.all).min(3),
        count: format!("{} of {FEW}.", counts.all),
    }
}

fn day(days: &ShopZone, at_ms: i64, now_ms: i64) -> String {
    let (then, now) = (days.day(at_ms), days.day(now_ms));
    match (now - then).get_days() {
        0 => "today".to_owned(),
        1..=6 => then.strftime("%a").to_string(),
        _ => ShopZone::format_date_short(then),
    }
}

fn why(counts: Csat) -> String {
    const LATER: &str = "From 30 answers on you’ll see shares, ranges and a trend here.";
    let one_more = Csat { happy: counts.happy, all: counts.all + 1 };
    match (counts.share(), one_more.share(), counts.range()) {
        (Some(now), Some(then), Some(range)) if !counts.is_too_few() => {
            let points = ((now - then) * 100.0).round() as u64;
            let moved = if points == 0 {
                String::new()
            } else {
                format!(
                    ": one more unhappy person would move it by {}",
                    format_many(points, "point", "points")
                )
            };
            format!(
                "Too few for a percentage{moved}. Anything from {} to {} happy of 100 is likely. {LATER}",
                csat::percent(range.low),
                csat::percent(range.high)
            )
        }
        _ => format!("Too few to tell. {LATER}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_answers_say_how_little_they_say() {
        assert_eq!(
            why(Csat::new(5, 7)),
            "Too few for a percentage: one more unhappy person would move it by nine points. Anything from 36 to 92 \
             happy of 100 is likely. From 30 answers on you’ll see shares, ranges and a trend here."
        );
        assert!(why(Csat::new(4, 4)).starts_with("Too few to tell. "));
        assert!(why(Csat::new(0, 9)).starts_with("Too few for a percentage. Anything from 0 to 30"));
    }

    #[test]
    fn days_are_named_by_how_near_they_are() {
        let berlin = ShopZone::from_name("Europe/Berlin");
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let now = at("2026-11-21T12:00:00Z");
        assert_eq!(day(&berlin, at("2026-11-20T23:30:00Z"), now), "today");
        assert_eq!(day(&berlin, at("2026-11-19T12:00:00Z"), now), "Thu");
        assert_eq!(day(&berlin, at("2026-11-01T12:00:00Z"), now), "1 Nov");
    }
}
