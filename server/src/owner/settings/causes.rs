//! `/settings/causes`: the causes of complaints, and when to ask again.

use crate::domain::cause::{CAUSES_MAX, Cause};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::{FieldErrors, message};
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use shared::refusal::Code;

const ASK_AFTER_DAYS_MAX: u32 = 30;

pub struct CauseSettingRow {
    /// What the database stores.
    pub code: String,
    /// What people read.
    pub name: String,
    pub wrong: Option<&'static str>,
}

pub struct CausesView {
    /// With empty rows to fill in.
    pub rows: Vec<CauseSettingRow>,
    pub ask_after_days: String,
}

impl CausesView {
    pub fn saved(settings: &ShopSettings) -> Self {
        let row = |c: &Cause| CauseSettingRow { code: c.code.clone(), name: c.name.clone(), wrong: None };
        Self::padded(settings.causes.iter().map(row).collect(), settings.ask_after_days.to_string())
    }

    fn from_form(form: &FormFields) -> Self {
        let row = |(code, name): (&str, &str)| CauseSettingRow {
            code: code.to_owned(),
            name: name.to_owned(),
            wrong: Cause::parse(code, name).err().map(|refusal| match refusal.code {
                Code::TooLong => "At most 40 characters: it is a word to count, not a sentence.",
                other => message(other),
            }),
        };
        Self::padded(rows(form).map(row).collect(), form.get("ask_after_days").to_owned())
    }

    fn padded(mut rows: Vec<CauseSettingRow>, ask_after_days: String) -> Self {
        let empty = || CauseSettingRow { code: String::new(), name: String::new(), wrong: None };
        rows.resize_with(CAUSES_MAX.max(rows.len()), empty);
        Self { rows, ask_after_days }
    }
}

/// Codes and names of the rows that are filled in.
fn rows(form: &FormFields) -> impl Iterator<Item = (&str, &str)> {
    let codes = form.all("cause_code").chain(std::iter::repeat(""));
    codes.zip(form.all("cause_name").map(str::trim)).filter(|(_, name)| !name.is_empty()).take(CAUSES_MAX)
}

fn parse(form: &FormFields) -> Result<(Vec<Cause>, u32), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let ask_after_days = wrong.number("ask_after_days", form.get("ask_after_days"), 0, ASK_AFTER_DAYS_MAX);
    let mut causes: Vec<Cause> = Vec::new();
    for (code, name) in rows(form) {
        let Some(mut cause) = wrong.check("causes", Cause::parse(code, name)) else { continue };
        // Two causes with one code would share their counters.
        if causes.iter().any(|other| other.code == cause.code) {
            let is_free = |code: &String| causes.iter().all(|other| other.code != *code);
            cause.code = (1..=CAUSES_MAX).map(|n| format!("cause_{n}")).find(is_free).unwrap_or_default();
        }
        causes.push(cause);
    }
    match ask_after_days {
        Some(ask_after_days) if wrong.is_empty() => Ok((causes, ask_after_days)),
        _ => Err(wrong),
    }
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    match parse(&form) {
        Ok((causes, ask_after_days)) => {
            let settings = ShopSettings { causes, ask_after_days, ..who.shop.settings.clone() };
            save(&state, &who, &who.shop.name, &settings, "causes").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            page.causes = CausesView::from_form(&form);
            page.refused("causes", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(causes: &[(&str, &str)], ask_after_days: &str) -> FormFields {
        let rows = causes.iter().flat_map(|(code, name)| [("cause_code", *code), ("cause_name", *name)]);
        rows.chain([("ask_after_days", ask_after_days)]).collect()
    }

    #[test]
    fn causes_keep_their_codes_and_no_two_have_the_same() {
        let typed = form(&[("late_parcel", "Parcel late"), ("", ""), ("", "Late parcel"), ("", "Kiln")], "0");
        let (causes, ask_after_days) = parse(&typed).unwrap();
        let codes: Vec<&str> = causes.iter().map(|c| c.code.as_str()).collect();
        assert_eq!((codes, ask_after_days), (vec!["late_parcel", "cause_1", "kiln"], 0));
    }

    #[test]
    fn a_wrong_row_says_so_and_the_others_stay() {
        let long = "x".repeat(41);
        let typed = form(&[("", &long), ("", "Kiln")], "31");
        let wrong = parse(&typed).unwrap_err();
        assert!(wrong.at("causes").is_some() && wrong.at("ask_after_days").is_some());
        let view = CausesView::from_form(&typed);
        assert!(view.rows[0].wrong.is_some() && view.rows[1].wrong.is_none());
        assert_eq!(view.rows.len(), CAUSES_MAX);
    }
}
