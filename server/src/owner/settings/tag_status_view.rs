//! Where the tag was seen, in words.

use crate::db::shops::ShopOrigin;
use crate::text::phrases;
use crate::time::zone::iso_timestamp;

/// An origin on which the tag may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagStatus {
    pub origin: String,
    /// Without the scheme.
    pub host: String,
    /// Unix milliseconds, UTC.
    pub seen_at_ms: Option<i64>,
    /// ISO 8601.
    pub datetime: String,
    pub ago: String,
}

pub fn statuses(origins: &[ShopOrigin], now_ms: i64) -> Vec<TagStatus> {
    let status = |allowed: &ShopOrigin| {
        let origin = allowed.origin.as_str();
        let at_ms = allowed.seen_at_ms.unwrap_or_default();
        TagStatus {
            origin: origin.to_owned(),
            host: origin.split_once("://").map_or(origin, |(_, host)| host).to_owned(),
            seen_at_ms: allowed.seen_at_ms,
            datetime: iso_timestamp(at_ms),
            ago: phrases::format_ago(now_ms - at_ms),
        }
    };
    origins.iter().map(status).collect()
}

/// The origin where the tag was seen last, or else the first of the list.
pub fn latest(origins: &[ShopOrigin], now_ms: i64) -> Vec<TagStatus> {
    let last = origins.iter().filter(|p| p.seen_at_ms.is_some()).max_by_key(|p| p.seen_at_ms);
    last.or(origins.first())
        .map(|allowed| statuses(std::slice::from_ref(allowed), now_ms))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allowed_origin::OriginRule;

    #[test]
    fn the_place_seen_last_is_spoken_about() {
        let allowed =
            |origin, seen_at_ms| ShopOrigin { origin: OriginRule::parse(origin).unwrap(), seen_at_ms };
        let origins = [
            allowed("https://a.example", Some(1_000)),
            allowed("https://b.example", Some(88_000)),
            allowed("https://c.example", None),
        ];
        let seen = latest(&origins, 100_000);
        assert_eq!(
            (seen[0].host.as_str(), seen[0].ago.replace('\u{a0}', " ")),
            ("b.example", "12 s ago".to_owned())
        );
        assert_eq!(latest(&origins[2..], 0)[0].host, "c.example");
        assert!(latest(&[], 0).is_empty());
    }
}
