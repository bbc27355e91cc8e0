//! To how many others people tell what happened to them: `/settings/mouth`.

use crate::domain::shop_settings::{MOUTH_MAX, Mouth, ShopSettings};
use crate::error::Failure;
use crate::owner::auth::session::Decides;
use crate::owner::settings::{SettingsPage, keep};
use crate::state::House;
use crate::text::form_fields::Fields;
use crate::web::form_errors::Wrong;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};

/// One number of the section.
pub struct MouthRow {
    /// What it is.
    pub name: &'static str,
    /// More about it.
    pub hint: &'static str,
    /// Its name in the form.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
}

/// The section's fields.
pub struct MouthView {
    /// The numbers.
    pub rows: Vec<MouthRow>,
}

impl MouthView {
    /// As it is saved.
    pub fn saved(settings: &ShopSettings) -> Self {
        let Mouth { unhappy_from, unhappy_to, delighted_from, delighted_to } = settings.mouth;
        Self::of([unhappy_from, unhappy_to, delighted_from, delighted_to].map(|n| n.to_string()))
    }

    fn of([a, b, c, d]: [String; 4]) -> Self {
        let row = |name, hint, field, value| MouthRow { name, hint, field, value };
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

fn parse(form: &Fields) -> Result<Mouth, Wrong> {
    let mut wrong = Wrong::default();
    let mut range = |from: &'static str, to: &'static str| {
        let low = wrong.number(from, form.get(from), 0, MOUTH_MAX);
        let high = wrong.number(to, form.get(to), 0, MOUTH_MAX);
        let (low, high) = (low?, high?);
        if low > high {
            wrong.note(to, "This is less than the number before.");
        }
        Some((low, high))
    };
    let (unhappy, delighted) = (range("unhappy_from", "unhappy_to"), range("delighted_from", "delighted_to"));
    match (unhappy, delighted) {
        (Some((unhappy_from, unhappy_to)), Some((delighted_from, delighted_to))) if wrong.is_empty() => {
            Ok(Mouth { unhappy_from, unhappy_to, delighted_from, delighted_to })
        }
        _ => Err(wrong),
    }
}

/// Takes the section's form.
///
/// # Errors
/// What the database says.
pub async fn take(
    Decides(who): Decides,
    form: Form<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    match parse(&form) {
        Ok(mouth) => {
            let settings = ShopSettings { mouth, ..who.shop.settings.clone() };
            keep(&house, &who, &who.shop.name, &settings, "mouth").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::of(&house, &who).await?;
            let typed = ["unhappy_from", "unhappy_to", "delighted_from", "delighted_to"];
            page.mouth = MouthView::of(typed.map(|field| form.get(field).to_owned()));
            page.refused("mouth", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(numbers: [&str; 4]) -> Result<Mouth, Wrong> {
        let names = ["unhappy_from", "unhappy_to", "delighted_from", "delighted_to"];
        parse(&names.into_iter().zip(numbers).collect())
    }

    #[test]
    fn a_range_goes_up() {
        assert_eq!(
            parsed(["5", "9", "0", "0"]).unwrap(),
            Mouth { unhappy_from: 5, unhappy_to: 9, delighted_from: 0, delighted_to: 0 }
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
