//! The form for change markers: "on this day we changed this", shown on the trend and compared with the time before.

use crate::db::change_markers;
use crate::db::change_markers::{ChangeMarker, MARKERS_MAX};
use crate::domain::reason::is_code;
use crate::error::AppError;
use crate::owner::auth::session::{MemberAccess, SignedIn};
use crate::owner::summary::page;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::zone::{Period, ShopZone};
use crate::web::form_errors::message;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use jiff::civil::Date;

/// The text is a label.
const WORDS_MAX_CHARS: usize = 80;

/// The fields of a refused form, to show them again.
#[derive(Default)]
pub struct ChangeForm {
    pub day: String,
    /// A code.
    pub cause: String,
    pub words: String,
    pub error: Option<String>,
}

fn parse(form: &FormFields, today: Date) -> Result<(Date, String, String), &'static str> {
    let day: Date = form.get("day").parse().map_err(|_| "Please choose a day, such as 2026-05-03.")?;
    if day > today {
        return Err("That day is still to come.");
    }
    if Period::between(day, today).is_none() {
        return Err("That is longer ago than two years.");
    }
    let cause = form.get("cause");
    if !cause.is_empty() && !is_code(cause) {
        return Err("Please choose one of the causes.");
    }
    let words =
        shared::text::line("words", form.get("words"), WORDS_MAX_CHARS).map_err(|r| message(r.code))?;
    if words.is_empty() {
        return Err("What did you change? A few words are enough.");
    }
    Ok((day, cause.to_owned(), words))
}

pub async fn add(
    MemberAccess(who): MemberAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let now_ms = state.clock.now_ms();
    let today = ShopZone::from_name(&who.shop.settings.time_zone).day(now_ms);
    let error = match parse(&form, today) {
        Ok((day, cause, words)) => {
            let marker =
                ChangeMarker { id: state.random.key(), day: ShopZone::day_number(day), cause, words };
            let mut tx = state.db.begin().await?;
            if change_markers::insert(&mut tx, &who.shop.key, &marker, &who.owner.id, now_ms).await? {
                tx.commit().await?;
                return Ok(see_other(&summary_url(&who)));
            }
            format!("There are {MARKERS_MAX} already. Remove one first.")
        }
        Err(error) => error.to_owned(),
    };
    let text = |name| form.get(name).to_owned();
    let text =
        ChangeForm { day: text("day"), cause: text("cause"), words: text("words"), error: Some(error) };
    page::refused(&state, &who, text).await
}

pub async fn remove(
    MemberAccess(who): MemberAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    change_markers::remove(&mut tx, &who.shop.key, form.get("marker")).await?;
    tx.commit().await?;
    Ok(see_other(&summary_url(&who)))
}

fn summary_url(who: &SignedIn) -> String {
    for_shop("/summary#h-trend", (who.shops.len() > 1).then(|| who.shop.key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_was_changed_needs_a_day_that_has_come_and_words() {
        let today = date(2026, 11, 21);
        let of = |day, cause, words| {
            parse(&[("day", day), ("cause", cause), ("words", words)].into_iter().collect(), today)
        };
        assert_eq!(
            of("2026-05-03", "late_parcel", " Another carrier "),
            Ok((date(2026, 5, 3), "late_parcel".to_owned(), "Another carrier".to_owned()))
        );
        for (day, cause, words) in [
            ("soon", "", "x"),
            ("2026-11-22", "", "x"),
            ("2020-01-01", "", "x"),
            ("2026-05-03", "a b", "x"),
            ("2026-05-03", "", " "),
        ] {
            assert!(of(day, cause, words).is_err(), "{day} {cause} {words}");
        }
    }
}
