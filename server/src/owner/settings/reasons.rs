//! `/settings/reasons`: the reasons that a visitor can tap.

use crate::domain::reason::{REASONS_MAX, Reason};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::preview_draft;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::{FieldErrors, message};
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};

pub struct ReasonRow {
    /// What the database stores.
    pub code: String,
    pub en: String,
    pub de: String,
    pub wrong: Option<&'static str>,
}

/// With empty rows to fill in.
pub fn saved(settings: &ShopSettings) -> Vec<ReasonRow> {
    let row =
        |r: &Reason| ReasonRow { code: r.code.clone(), en: r.en.clone(), de: r.de.clone(), wrong: None };
    padded(settings.reasons.iter().map(row).collect())
}

fn from_form(form: &FormFields) -> Vec<ReasonRow> {
    let nth = |name, i| form.all(name).nth(i).unwrap_or_default().trim();
    let rows = form.all("reason_en").enumerate().take(REASONS_MAX).map(|(i, en)| {
        let (code, en, de) = (nth("reason_code", i), en.trim(), nth("reason_de", i));
        let is_empty = en.is_empty() && de.is_empty();
        let parsed = if is_empty { None } else { Reason::parse(code, en, de).err() };
        ReasonRow {
            code: code.to_owned(),
            en: en.to_owned(),
            de: de.to_owned(),
            wrong: parsed.map(|refusal| match refusal.code {
                shared::refusal::Code::Missing => "The English words are missing.",
                shared::refusal::Code::TooLong => "At most 32 characters: it is a button, not a sentence.",
                other => message(other),
            }),
        }
    });
    padded(rows.collect())
}

fn padded(mut rows: Vec<ReasonRow>) -> Vec<ReasonRow> {
    let empty = || ReasonRow { code: String::new(), en: String::new(), de: String::new(), wrong: None };
    rows.resize_with(REASONS_MAX.max(rows.len()), empty);
    rows
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let parsed: Result<Vec<Reason>, _> = preview_draft::reasons(&form).take(REASONS_MAX).collect();
    match parsed {
        Ok(reasons) => {
            let settings = ShopSettings { reasons, ..who.shop.settings.clone() };
            save(&state, &who, &who.shop.name, &settings, "reasons").await
        }
        Err(_) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            page.reasons = from_form(&form);
            page.refused("reasons", FieldErrors::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_always_eight_rows_and_a_wrong_one_says_so() {
        assert_eq!(saved(&ShopSettings::default()).len(), REASONS_MAX);
        let long = "x".repeat(33);
        let form: FormFields = [
            ("reason_code", "a"),
            ("reason_en", ""),
            ("reason_de", "Zu spät"),
            ("reason_en", &long),
            ("reason_en", ""),
        ]
        .into_iter()
        .collect();
        let rows = from_form(&form);
        assert_eq!(rows.len(), REASONS_MAX);
        assert_eq!(rows[0].wrong, Some("The English words are missing."));
        assert!(rows[1].wrong.is_some() && rows[1].en == long && rows[2].wrong.is_none());
    }
}
