//! The summary of few responses: each is shown as a face, without a percentage.

use crate::db::response_queries::ResponseListRow;
use crate::domain::csat;
use crate::domain::csat::{Csat, FEW};
use crate::owner::rating_label::Face;
use crate::text::phrases::format_many;
use crate::time::zone::ShopZone;
use shared::moment::Moment;
use shared::rating::Scale;

pub struct SmallSampleView {
    /// Why there is no percentage.
    pub why: String,
    /// Oldest first.
    pub answers: Vec<SingleResponse>,
    /// Empty places drawn after them.
    pub empty: u64,
    /// How many of the needed responses there are.
    pub count: String,
}

pub struct SingleResponse {
    pub face: Face,
    pub day: String,
}

/// `answers` has the newest first.
pub fn view(answers: &[ResponseListRow], zone: &ShopZone, now_ms: i64) -> SmallSampleView {
    let happy = answers.iter().filter(|a| a.rating >= 4).count();
    let counts = Csat::new(i64::try_from(happy).unwrap_or(0), i64::try_from(answers.len()).unwrap_or(0));
    let single = |answer: &ResponseListRow| SingleResponse {
        face: Face::new(
            answer.rating,
            Scale::named(&answer.scale).unwrap_or_default(),
            Moment::named(&answer.moment).unwrap_or_default(),
        ),
        day: day(zone, answer.created_at_ms, now_ms),
    };
    SmallSampleView {
        why: why(counts),
        answers: answers.iter().rev().map(single).collect(),
        empty: FEW.saturating_sub(counts.all).min(3),
        count: format!("{} of {FEW}.", counts.all),
    }
}

fn day(zone: &ShopZone, at_ms: i64, now_ms: i64) -> String {
    let (then, now) = (zone.day(at_ms), zone.day(now_ms));
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
            let effect = if points == 0 {
                String::new()
            } else {
                format!(
                    ": one more unhappy person would move it by {}",
                    format_many(points, "point", "points")
                )
            };
            format!(
                "Too few for a percentage{effect}. Anything from {} to {} happy of 100 is likely. {LATER}",
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
