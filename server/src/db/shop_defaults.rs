use crate::db::shops::Shop;
use crate::domain::shop_settings::{ContactPerson, ShopSettings};
use crate::security::random::Random;

/// The contact person is named `person`, or like the shop.
pub fn new_shop(random: &dyn Random, name: &str, person: &str, now_ms: i64) -> Shop {
    let settings = ShopSettings {
        person: ContactPerson { name: if person.is_empty() { name } else { person }.to_owned(), photo: None },
        ..ShopSettings::default()
    };
    Shop { key: random.shop_key(), name: name.to_owned(), settings, created_at_ms: now_ms }
}
