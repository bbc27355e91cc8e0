//! Addresses of the collector that several pages and mails need.

use crate::state::AppState;

pub fn photo_url(key: &str, photo: &str) -> String {
    format!("/p/{key}/{photo}")
}

/// Adds the shop to the query; owners of one shop need none.
pub fn for_shop(path: &str, key: Option<&str>) -> String {
    let Some(key) = key else { return path.to_owned() };
    let (path, fragment) = path.split_once('#').map_or((path, String::new()), |(p, f)| (p, format!("#{f}")));
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}shop={key}{fragment}")
}

pub fn join_url(state: &AppState, shop: &shared::ids::ShopKey, secret: &shared::ids::Secret) -> String {
    format!("{}/join/{}.{}", state.public_url, shop.as_str(), secret.reveal())
}

/// Whether requests to this path may come from any origin: those of `unsubscribe.rs` and `unsubscribe_weekly.rs`.
/// Source: RFC 8058, section 3.2.
pub fn is_one_click(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["", "u", _, _] | ["", "u", _, "weekly", _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unsubscribe_pages_take_requests_of_any_origin() {
        assert!(is_one_click("/u/kiln/secret") && is_one_click("/u/kiln/weekly/mail"));
        for path in
            ["/u", "/u/kiln", "/u/kiln/secret/more", "/settings/u/x", "/v1/u/x", "u/kiln/secret", "//u/x/y"]
        {
            assert!(!is_one_click(path), "{path}");
        }
    }
}
