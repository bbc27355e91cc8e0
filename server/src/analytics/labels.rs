use crate::domain::shop_settings::ShopSettings;
use crate::text::phrases::capitalize;

/// The shop's name for a cause; a cause that was removed from the list is named by its code.
pub fn cause_name(settings: &ShopSettings, code: &str) -> String {
    let known = settings.causes.iter().find(|cause| cause.code == code);
    known.map_or_else(|| capitalize(&code.replace('_', " ")), |cause| cause.name.clone())
}
