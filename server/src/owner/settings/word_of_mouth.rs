//! `/settings/mouth`: to how many others people tell their experience.

use crate::domain::shop_settings::{ShopSettings, WORD_OF_MOUTH_MAX, WordOfMouth};
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};

pub struct MultiplierRow {
    pub name: &'static str,
    pub hint: &'static str,
    pub field: &'static str,
    pub value: String,
}

pub struct WordOfMouthSettings {
    pub rows: Vec<MultiplierRow>,
}

impl WordOfMouthSettings {
    pub fn saved(settings: &ShopSettings) -> Self {
        let WordOfMouth { unhappy_from, unhappy_to, delighted_from, delighted_to } = settings.mouth;
        Self::from_figures([unhappy_from, unhappy_to, delighted_from, delighted_to].map(|n| n.to_string()))
    }

    fn from_figures([a, b, c, d]: [String; 4]) -> Self {
        let row = |name, hint, field, value| MultiplierRow { name, hint, field, value };
        Self {
            rows: vec![
                row("A bad experience: at least", "The rule says 20.", "unhappy_from", a),
                row("A bad experience: at most", "The rule says 30.", "unhappy_to", b),
                row("A great one: at least", "The rule says 7.", "delighted_from", c),
                row("A great one: at most", "The rule says 10.", "delighted_to", d),
            ],
        }
    }
}

fn parse(form: &FormFields) -> Result<WordOfMouth, FieldErrors> {
    let mut wrong = FieldErrors::default();
    let mut range = |from: &'static str, to: &'static str| {
        let low = wrong.number(from, form.get(from), 0, WORD_OF_MOUTH_MAX);
        let high = wrong.number(to, form.get(to), 0, WORD_OF_MOUTH_MAX);
        let (low, high) = (low?, high?);
        if low > high {
            wrong.add(to, "This is less than the number before.");
        }
        Some((low, high))
    };
    let (unhappy, delighted) = (range("unhappy_from", "unhappy_to"), range("delighted_from", "delighted_to"));
    match (unhappy, delighted) {
        (Some((unhappy_from, unhappy_to)), Some((delighted_from, delighted_to))) if wrong.is_empty() => {
            Ok(WordOfMouth { unhappy_from, unhappy_to, delighted_from, delighted_to })
        }
        _ => Err(wrong),
    }
}

pub async fn post(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    match parse(&form) {
        Ok(mouth) => {
            let settings = ShopSettings { mouth, ..who.shop.settings.clone() };
            save(&state, &who, &who.shop.name, &settings, "mouth").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            let typed = ["unhappy_from", "unhappy_to", "delighted_from", "delighted_to"];
            page.mouth = WordOfMouthSettings::from_figures(typed.map(|field| form.get(field).to_owned()));
            page.refused("mouth", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(numbers: [&str; 4]) -> Result<WordOfMouth, FieldErrors> {
        let names = ["unhappy_from", "unhappy_to", "delighted_from", "delighted_to"];
        parse(&names.into_iter().zip(numbers).collect())
    }

    #[test]
    fn a_range_goes_up() {
        assert_eq!(
            parsed(["5", "9", "0", "0"]).unwrap(),
            WordOfMouth { unhappy_from: 5, unhappy_to: 9, delighted_from: 0, delighted_to: 0 }
        );
        for (numbers, field) in [
            (["9", "5", "0", "0"], "unhappy_to"),
            (["", "5", "0", "0"], "unhappy_from"),
            (["1", "5", "0", "1001"], "delighted_to"),
            (["1", "5", "-1", "4"], "delighted_from"),
        ] {
            assert!(parsed(numbers).unwrap_err().at(field).is_some(), "{numbers:?}");
        }
    }
}
