//! `/settings/when`: triggers and quiet periods.

use crate::domain::path_pattern::PathPattern;
use crate::domain::shop_settings::{AfterCheckout, MidJourney, Moments, Quiet, ShopSettings};
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};

pub struct TriggersView {
    pub any_time: bool,
    pub mid_on: bool,
    /// The page of the visit.
    pub mid_pages: String,
    /// Seconds on that page.
    pub mid_seconds: String,
    pub after_on: bool,
    /// The page after checkout.
    pub after_path: String,
    /// Seconds on that page.
    pub after_seconds: String,
    /// Quiet days after a response.
    pub answered_days: String,
    /// Quiet days after "not now".
    pub not_now_days: String,
}

impl TriggersView {
    pub fn saved(settings: &ShopSettings) -> Self {
        let Moments { any_time, mid_journey, after_checkout } = &settings.moments;
        Self {
            any_time: *any_time,
            mid_on: mid_journey.on,
            mid_pages: mid_journey.pages.to_string(),
            mid_seconds: mid_journey.seconds.to_string(),
            after_on: after_checkout.on,
            after_path: after_checkout.path.clone(),
            after_seconds: after_checkout.seconds.to_string(),
            answered_days: settings.quiet.answered_days.to_string(),
            not_now_days: settings.quiet.not_now_days.to_string(),
        }
    }

    fn from_form(form: &FormFields) -> Self {
        let text = |name| form.get(name).to_owned();
        Self {
            any_time: form.has("any_time"),
            mid_on: form.has("mid_on"),
            mid_pages: text("mid_pages"),
            mid_seconds: text("mid_seconds"),
            after_on: form.has("after_on"),
            after_path: text("after_path"),
            after_seconds: text("after_seconds"),
            answered_days: text("answered_days"),
            not_now_days: text("not_now_days"),
        }
    }
}

fn parse(form: &FormFields) -> Result<(Moments, Quiet), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let mut number = |field, from, to| wrong.number(field, form.get(field), from, to);
    let mid = (number("mid_pages", 1, 20), number("mid_seconds", 1, 600));
    let seconds = number("after_seconds", 1, 600);
    let days = (number("answered_days", 1, 365), number("not_now_days", 1, 365));
    let path = match form.get("after_path") {
        "" => Some(String::new()),
        typed => wrong.check("after_path", PathPattern::parse(typed)).map(|p| p.as_str().to_owned()),
    };
    match (mid, seconds, days, path) {
        (
            (Some(pages), Some(on_page)),
            Some(seconds),
            (Some(answered_days), Some(not_now_days)),
            Some(path),
        ) => Ok((
            Moments {
                any_time: form.has("any_time"),
                mid_journey: MidJourney { on: form.has("mid_on"), pages, seconds: on_page },
                after_checkout: AfterCheckout { on: form.has("after_on"), path, seconds },
            },
            Quiet { answered_days, not_now_days },
        )),
        _ => Err(wrong),
    }
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    match parse(&form) {
        Ok((moments, quiet)) => {
            let settings = ShopSettings { moments, quiet, ..who.shop.settings.clone() };
            save(&state, &who, &who.shop.name, &settings, "when").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            page.when = TriggersView::from_form(&form);
            page.refused("when", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: &[(&str, &str)]) -> FormFields {
        let typed = [
            ("any_time", "1"),
            ("mid_pages", "3"),
            ("mid_seconds", "20"),
            ("after_on", "1"),
            ("after_path", "/thank*"),
            ("after_seconds", "4"),
            ("answered_days", "90"),
            ("not_now_days", "7"),
        ];
        change.iter().chain(&typed).copied().collect()
    }

    #[test]
    fn a_box_that_is_not_ticked_is_off() {
        let (moments, quiet) = parse(&form(&[])).ok().unwrap();
        assert!(moments.any_time && !moments.mid_journey.on && moments.after_checkout.on);
        assert_eq!((moments.mid_journey.pages, quiet.answered_days), (3, 90));
    }

    #[test]
    fn an_empty_page_leaves_it_to_the_tag() {
        let (moments, _) = parse(&form(&[("after_path", "")])).ok().unwrap();
        assert_eq!(moments.after_checkout.path, "");
    }

    #[test]
    fn every_number_outside_of_what_makes_sense_is_named() {
        let wrong = parse(&form(&[
            ("mid_pages", "0"),
            ("mid_seconds", "soon"),
            ("answered_days", "366"),
            ("after_path", "thanks"),
        ]));
        let wrong = wrong.err().unwrap();
        for field in ["mid_pages", "mid_seconds", "answered_days", "after_path"] {
            assert!(wrong.at(field).is_some(), "{field}");
        }
        assert_eq!(wrong.at("not_now_days"), None);
    }
}
