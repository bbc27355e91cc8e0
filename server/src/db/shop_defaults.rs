//! A new shop, before its owner has changed anything.

use crate::db::shops::Shop;
use crate::domain::shop_settings::{ContactPerson, ShopSettings};
use crate::security::random::Random;

/// A new shop as its owner finds it: their first name asks, everything else is a good start.
pub fn new_shop(random: &dyn Random, name: &str, person: &str, now_ms: i64) -> Shop {
    let settings = ShopSettings {
        person: ContactPerson { name: if person.is_empty() { name } else { person }.to_owned(), photo: None },
        ..ShopSettings::default()
    };
    Shop { key: random.shop_key(), name: name.to_owned(), settings, created_at_ms: now_ms }
}
