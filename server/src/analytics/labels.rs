//! Names of causes, as reports and pages show them.

use crate::domain::shop_settings::ShopSettings;
use crate::text::phrases::capitalize;

/// A cause in the shop's wording; one that is no longer on the list is told by its code.
pub fn cause_name(settings: &ShopSettings, code: &str) -> String {
    let known = settings.causes.iter().find(|cause| cause.code == code);
    known.map_or_else(|| capitalize(&code.replace('_', " ")), |cause| cause.name.clone())
}
