//! `/settings/shop`: name, time zone and fallback address.

use crate::db::shops::Shop;
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use shared::email::Email;
use shared::text::NAME_MAX_CHARS;

pub struct AboutView {
    pub name: String,
    pub time_zone: String,
    /// The current offset from UTC, in words.
    pub now: String,
    pub zones: Vec<String>,
    /// Where visitors can write when the collector does not answer.
    pub fallback_email: String,
}

impl AboutView {
    pub fn saved(shop: &Shop, now_ms: i64) -> Self {
        let zone = &shop.settings.time_zone;
        Self {
            name: shop.name.clone(),
            time_zone: zone.clone(),
            now: format!("Now that is UTC{}.", ShopZone::from_name(zone).offset(now_ms)),
            zones: ShopZone::zones(),
            fallback_email: shop.settings.fallback_email.clone().unwrap_or_default(),
        }
    }
}

fn parse(form: &FormFields) -> Result<(String, String, Option<String>), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let name = wrong.line("shop_name", form.get("shop_name"), NAME_MAX_CHARS);
    let zone = form.get("time_zone");
    if !ShopZone::is_zone(zone) {
        wrong.add("time_zone", "There is no time zone of this name. They look like Europe/Berlin.");
    }
    let email = match form.get("fallback_email") {
        "" => None,
        typed => wrong.check("fallback_email", Email::parse(typed)).map(|e| e.as_str().to_owned()),
    };
    match name {
        Some(name) if wrong.is_empty() => Ok((name, zone.to_owned(), email)),
        _ => Err(wrong),
    }
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    match parse(&form) {
        Ok((name, time_zone, fallback_email)) => {
            let settings = ShopSettings { time_zone, fallback_email, ..who.shop.settings.clone() };
            save(&state, &who, &name, &settings, "shop").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            page.about.name = form.get("shop_name").to_owned();
            page.about.time_zone = form.get("time_zone").to_owned();
            page.about.fallback_email = form.get("fallback_email").to_owned();
            page.refused("shop", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_must_be_one() {
        let form = |zone, email| -> FormFields {
            [("shop_name", "Kiln"), ("time_zone", zone), ("fallback_email", email)].into_iter().collect()
        };
        assert_eq!(
            parse(&form("Europe/Berlin", "")).ok(),
            Some(("Kiln".into(), "Europe/Berlin".into(), None))
        );
        let wrong = parse(&form("Berlin", "anna@")).err().unwrap();
        assert!(wrong.at("time_zone").is_some() && wrong.at("fallback_email").is_some());
    }
}
