//! Where the tag was seen, in words.

use crate::db::shops::ShopOrigin;
use crate::text::phrases;
use crate::time::zone::iso_timestamp;

/// One place where the tag may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagStatus {
    /// As the owner typed it.
    pub origin: String,
    /// Without the scheme.
    pub host: String,
    /// When it was last seen there: Unix milliseconds, UTC.
    pub seen_at_ms: Option<i64>,
    /// The same for machines.
    pub datetime: String,
    /// The same in words.
    pub ago: String,
}

/// The places, ready to be shown.
pub fn statuses(places: &[ShopOrigin], now_ms: i64) -> Vec<TagStatus> {
    let one = |place: &ShopOrigin| {
        let origin = place.origin.as_str();
        let at_ms = place.seen_at_ms.unwrap_or_default();
        TagStatus {
            origin: origin.to_owned(),
            host: origin.split_once("://").map_or(origin, |(_, host)| host).to_owned(),
            seen_at_ms: place.seen_at_ms,
            datetime: iso_timestamp(at_ms),
            ago: phrases::format_ago(now_ms - at_ms),
        }
    };
    places.iter().map(one).collect()
}

/// The one place to speak about: where the tag was seen last, or else the first on the list.
pub fn latest(places: &[ShopOrigin], now_ms: i64) -> Vec<TagStatus> {
    let last = places.iter().filter(|p| p.seen_at_ms.is_some()).max_by_key(|p| p.seen_at_ms);
    last.or(places.first()).map(|place| statuses(std::slice::from_ref(place), now_ms)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allowed_origin::OriginRule;

    #[test]
    fn the_place_seen_last_is_spoken_about() {
        let place =
            |origin, seen_at_ms| ShopOrigin { origin: OriginRule::parse(origin).unwrap(), seen_at_ms };
        let places = [
            place("https://a.example", Some(1_000)),
            place("https://b.example", Some(88_000)),
            place("https://c.example", None),
        ];
        let seen = latest(&places, 100_000);
        assert_eq!(
            (seen[0].host.as_str(), seen[0].ago.replace('\u{a0}', " ")),
            ("b.example", "12 s ago".to_owned())
        );
        assert_eq!(latest(&places[2..], 0)[0].host, "c.example");
        assert!(latest(&[], 0).is_empty());
    }
}
