//! Which responses are listed or exported, and the cursor for the pages of the list.

use crate::domain::reason::is_code;
use crate::text::form_fields::{FormFields, encoded};
use crate::time::zone::ShopZone;
use jiff::civil::Date;
use shared::moment::Moment;
use shared::string_enum;

/// Longer searches are cut.
const SEARCH_MAX_CHARS: usize = 100;
/// Source: RFC 5646, section 4.4.1.
const LANGUAGE_MAX_CHARS: usize = 35;
const HOURS_OF_A_WEEK: u8 = 168;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RatingFilter {
    #[default]
    Any,
    /// 4 or 5.
    Happy,
    /// 3.
    Middling,
    /// 1 or 2.
    Unhappy,
    /// 1 to 3.
    NotHappy,
    Exactly(u8),
}

impl RatingFilter {
    fn named(name: &str) -> Self {
        match name {
            "happy" => Self::Happy,
            "middling" => Self::Middling,
            "unhappy" => Self::Unhappy,
            "not_happy" => Self::NotHappy,
            "1" | "2" | "3" | "4" | "5" => Self::Exactly(name.as_bytes()[0] - b'0'),
            _ => Self::Any,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Happy => "happy",
            Self::Middling => "middling",
            Self::Unhappy => "unhappy",
            Self::NotHappy => "not_happy",
            Self::Exactly(n) => ["1", "2", "3", "4", "5"][usize::from(n.clamp(1, 5)) - 1],
        }
    }

    /// The lowest and the highest rating included.
    pub fn ratings(self) -> (i64, i64) {
        match self {
            Self::Any => (1, 5),
            Self::Happy => (4, 5),
            Self::Middling => (3, 3),
            Self::Unhappy => (1, 2),
            Self::NotHappy => (1, 3),
            Self::Exactly(n) => (i64::from(n), i64::from(n)),
        }
    }
}

string_enum! {
    /// The progress of a conversation: its present stage, or something that happened in it once.
    Step {
        Answered = "answered",
        OncePutRight = "once_put_right",
        Asked = "asked",
        Received = "received",
        InHand = "in_hand",
        PutRight = "put_right",
        Recovered = "recovered",
        Reopened = "reopened",
        Unconfirmed = "unconfirmed",
        SetAside = "set_aside",
    }
}

/// The default excludes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseFilter {
    pub felt: RatingFilter,
    pub moment: Option<Moment>,
    pub reason: String,
    pub page: String,
    pub with_words: bool,
    pub wants_reply: bool,
    pub complaints: bool,
    pub step: Option<Step>,
    pub cause: String,
    pub product: String,
    pub device: String,
    /// BCP 47 tag; empty for any.
    pub language: String,
    /// Hour of the shop's week, 0 to 167.
    pub hour: Option<u8>,
    /// Searched in comment, order number, e-mail address and receipt; empty for any.
    pub text: String,
    pub from: Option<Date>,
    pub to: Option<Date>,
}

impl ResponseFilter {
    /// Whether a filter is set that the page has no field for.
    pub fn is_narrowed(&self) -> bool {
        !self.beside_the_fields().is_empty()
    }

    /// The filters that the page has no field for: name and value in a query.
    pub fn beside_the_fields(&self) -> Vec<(&'static str, String)> {
        [
            ("step", self.step.map_or("", Step::as_str).to_owned()),
            ("cause", self.cause.clone()),
            ("product", self.product.clone()),
            ("device", self.device.clone()),
            ("language", self.language.clone()),
            ("hour", self.hour.map(|hour| hour.to_string()).unwrap_or_default()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }

    /// Ignores invalid values, so that an old bookmark still opens the list.
    pub fn parse(query: &FormFields) -> Self {
        let code = |name| Some(query.get(name)).filter(|code| is_code(code)).unwrap_or_default().to_owned();
        let (from, to): (Option<Date>, Option<Date>) =
            (query.get("from").parse().ok(), query.get("to").parse().ok());
        let (from, to) = match (from, to) {
            (Some(a), Some(b)) if a > b => (Some(b), Some(a)),
            other => other,
        };
        Self {
            felt: RatingFilter::named(query.get("felt")),
            moment: Moment::named(query.get("moment")),
            reason: code("reason"),
            step: Step::named(query.get("step")),
            cause: code("cause"),
            product: shared::text::cut(query.get("product"), shared::text::PRODUCT_MAX_CHARS),
            device: code("device"),
            language: shared::text::cut(query.get("language"), LANGUAGE_MAX_CHARS),
            hour: query.get("hour").parse().ok().filter(|hour| *hour < HOURS_OF_A_WEEK),
            page: shared::text::cut(query.get("page"), crate::domain::page::PATH_MAX_CHARS),
            with_words: query.has("words"),
            wants_reply: query.has("reply"),
            complaints: query.has("complaints"),
            text: shared::text::cut(query.get("q"), SEARCH_MAX_CHARS),
            from,
            to,
        }
    }

    pub fn is_any(&self) -> bool {
        *self == Self::default()
    }

    /// The local days under which responses are counted, from 1970-01-01, the last included.
    pub fn days(&self) -> (i32, i32) {
        (self.from.map_or(i32::MIN, ShopZone::day_number), self.to.map_or(i32::MAX, ShopZone::day_number))
    }

    /// Instants between which all of those days lie, Unix milliseconds, UTC: one day more at both ends, in case the
    /// shop was in another time zone then.
    pub fn bounds_ms(&self, zone: &ShopZone) -> (i64, i64) {
        let from = self.from.map_or(0, |day| zone.begins_at_ms(ShopZone::before(day, 1)));
        let until = self.to.map_or(i64::MAX, |day| zone.begins_at_ms(ShopZone::before(day, -2)));
        (from, until)
    }

    /// For `like … escape '\'`; empty for any.
    pub fn like_pattern(&self) -> String {
        if self.text.is_empty() {
            return String::new();
        }
        let escaped = self.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        ["%", &escaped, "%"].concat()
    }

    /// Without the leading `?`.
    pub fn query(&self) -> String {
        let day = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
        let tick = |on: bool| if on { "1".to_owned() } else { String::new() };
        [
            ("felt", self.felt.as_str().to_owned()),
            ("moment", self.moment.map_or("", Moment::as_str).to_owned()),
            ("reason", self.reason.clone()),
            ("page", self.page.clone()),
            ("words", tick(self.with_words)),
            ("reply", tick(self.wants_reply)),
            ("complaints", tick(self.complaints)),
        ]
        .into_iter()
        .chain(self.beside_the_fields())
        .chain([("q", self.text.clone()), ("from", day(self.from)), ("to", day(self.to))])
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| [name, "=", &encoded(&value)].concat())
        .collect::<Vec<_>>()
        .join("&")
    }
}

/// Points to a response; the next page is older.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseCursor {
    pub at_ms: i64,
    /// Orders responses of the same millisecond.
    pub id: String,
}

impl ResponseCursor {
    /// Before the newest.
    pub fn start() -> Self {
        Self { at_ms: i64::MAX, id: String::new() }
    }

    /// The instant before which all further responses came.
    pub fn end_ms(&self) -> i64 {
        self.at_ms.saturating_add(1)
    }

    /// An invalid cursor is the start.
    pub fn parse(text: &str) -> Self {
        let place = text.split_once('_').and_then(|(at, id)| {
            let id = shared::ids::ResponseId::parse("before", id).ok()?;
            Some(Self { at_ms: at.parse().ok()?, id: id.as_str().to_owned() })
        });
        place.unwrap_or_else(Self::start)
    }

    pub fn as_text(&self) -> String {
        format!("{}_{}", self.at_ms, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn from_pairs(fields: &[(&str, &str)]) -> ResponseFilter {
        ResponseFilter::parse(&fields.iter().copied().collect())
    }

    #[test]
    fn a_filter_comes_back_from_its_own_query() {
        let filter = from_pairs(&[
            ("felt", "unhappy"),
            ("moment", "after_checkout"),
            ("reason", "arrived_broken"),
            ("page", "/bowls/blue & white"),
            ("words", "1"),
            ("q", "50% off"),
            ("from", "2026-11-01"),
            ("to", "2026-11-21"),
        ]);
        assert_eq!(
            filter.query(),
            "felt=unhappy&moment=after_checkout&reason=arrived_broken&page=%2Fbowls%2Fblue%20%26%20white&words=1\
             &q=50%25%20off&from=2026-11-01&to=2026-11-21"
        );
        assert!(!filter.is_any() && from_pairs(&[]).is_any() && from_pairs(&[]).query().is_empty());
    }

    #[test]
    fn nonsense_is_left_out() {
        let filter = from_pairs(&[
            ("felt", "9"),
            ("moment", "noon"),
            ("reason", "x' or 1=1"),
            ("from", "soon"),
            ("q", "  "),
        ]);
        assert!(filter.is_any(), "{filter:?}");
    }

    #[test]
    fn two_dates_the_wrong_way_round_are_turned() {
        let filter = from_pairs(&[("from", "2026-11-21"), ("to", "2026-11-01")]);
        assert_eq!((filter.from, filter.to), (Some(date(2026, 11, 1)), Some(date(2026, 11, 21))));
    }

    #[test]
    fn the_last_day_is_meant_whole() {
        let berlin = ShopZone::from_name("Europe/Berlin");
        let filter = from_pairs(&[("from", "2026-10-25"), ("to", "2026-10-25")]);
        let (from, until) = filter.bounds_ms(&berlin);
        assert_eq!((until - from) / 3_600_000, 24 + 25 + 24, "a day more at both ends");
        assert_eq!(filter.days(), (20_751, 20_751));
        assert_eq!(
            (from_pairs(&[]).bounds_ms(&berlin), from_pairs(&[]).days()),
            ((0, i64::MAX), (i32::MIN, i32::MAX))
        );
    }

    #[test]
    fn a_search_means_its_letters() {
        assert_eq!(from_pairs(&[("q", r"50%_\")]).like_pattern(), r"%50\%\_\\%");
        assert_eq!(from_pairs(&[]).like_pattern(), "");
    }

    #[test]
    fn moods_are_ratings() {
        for (name, ratings) in
            [("happy", (4, 5)), ("middling", (3, 3)), ("unhappy", (1, 2)), ("2", (2, 2)), ("", (1, 5))]
        {
            assert_eq!(RatingFilter::named(name).ratings(), ratings);
            assert_eq!(RatingFilter::named(name).as_str(), name);
        }
    }

    #[test]
    fn a_place_in_the_list_comes_back_and_a_wrong_one_is_the_start() {
        let place = ResponseCursor {
            at_ms: 1_700_000_000_000,
            id: "0191f6c2-0000-7000-8000-000000000000".to_owned(),
        };
        assert_eq!(ResponseCursor::parse(&place.as_text()), place);
        for wrong in ["", "1", "x_y", "1_0191F6C2-0000-7000-8000-000000000000"] {
            assert_eq!(ResponseCursor::parse(wrong), ResponseCursor::start(), "{wrong}");
        }
    }
}
