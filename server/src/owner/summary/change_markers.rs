//! What a shop changed: set by hand, shown on the trend, and compared with how it was before.

use crate::analytics::chart;
use crate::db::change_markers;
use crate::db::change_markers::{MARKERS_MAX, Marker};
use crate::domain::csat::{Happiness, TOO_FEW};
use crate::domain::reason::is_code;
use crate::domain::response_filter::Filter;
use crate::error::Failure;
use crate::owner::auth::session::{Answers, SignedIn};
use crate::owner::auth::sign_in::see_other;
use crate::owner::layout::for_shop;
use crate::owner::summary::page;
use crate::state::House;
use crate::text::form_fields::Fields;
use crate::text::phrases::{many, number};
use crate::time::zone::{Days, Period};
use crate::web::form_errors::sentence;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use jiff::civil::Date;

/// How many stand on a page.
pub const SHOWN: i64 = 5;
/// The longest text, in characters: it is a label.
const WORDS_MAX_CHARS: usize = 80;
/// How many days before and since are compared at most.
const COMPARED_DAYS: i32 = 90;

/// One of them on the page.
pub struct MarkerView {
    /// Our own name for it.
    pub id: String,
    /// The day: `12 October`.
    pub day: String,
    /// Where it stands on the trend, in thousandths of its width.
    pub x: String,
    /// What was changed.
    pub words: String,
    /// How it was before and since, in words; empty where it was not meant to stop anything.
    pub compared: String,
    /// Those who complained of it before, and how many.
    pub before: Option<(String, String)>,
    /// Where they can be told.
    pub tell: String,
}

/// What was typed into the form, and what was not right about it.
#[derive(Default)]
pub struct Typed {
    /// The day.
    pub day: String,
    /// Code of a cause.
    pub cause: String,
    /// What was changed.
    pub words: String,
    /// Why it could not be kept.
    pub wrong: Option<String>,
}

/// The days before a marker and the days since that are compared, as [`Period::day_numbers`] are; as many before as since.
pub fn spans(day: i32, today: i32) -> ((i32, i32), (i32, i32)) {
    let days = (today + 1 - day).clamp(0, COMPARED_DAYS);
    ((day - days, day), (day, day + days))
}

/// One on the page. `before` and `since` say how many complaints the cause had among all answers.
pub fn view(
    it: &Marker,
    period: Period,
    name: &str,
    before: Happiness,
    since: Happiness,
    to: impl Fn(&Filter) -> String,
    days: i32,
) -> MarkerView {
    let date = Days::of_number(it.day);
    let part = f64::from(it.day - Days::day_number(period.first)) / f64::from(period.days.max(1));
    let people = Filter {
        cause: it.cause.clone(),
        from: Some(Days::of_number(it.day - days)),
        to: Some(Days::of_number(it.day - 1)),
        ..Filter::default()
    };
    MarkerView {
        id: it.id.clone(),
        tell: format!("/summary/markers/{}", it.id),
        day: Days::say_day(date),
        x: chart::percent(part),
        words: it.words.clone(),
        compared: if it.cause.is_empty() { String::new() } else { compared(name, before, since) },
        before: (!it.cause.is_empty() && before.happy > 0).then(|| (to(&people), number(before.happy))),
    }
}

/// How it was before and since; a difference is only called one where it is hardly chance.
fn compared(name: &str, before: Happiness, since: Happiness) -> String {
    let said = |h: Happiness| format!("{} of {}", number(h.happy), many(h.all, "answer", "answers"));
    let numbers = format!("{name}: {} before, {} since.", said(before), said(since));
    let verdict = match (before.range(), since.range()) {
        _ if before.all < TOO_FEW || since.all < TOO_FEW => "Too few to tell.",
        (Some(a), Some(b)) if b.high < a.low => "That worked.",
        (Some(a), Some(b)) if b.low > a.high => "It has become more.",
        _ => "The likely ranges overlap, so it may be chance.",
    };
    format!("{numbers} {verdict}")
}

fn parse(form: &Fields, today: Date) -> Result<(Date, String, String), &'static str> {
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
        shared::text::line("words", form.get("words"), WORDS_MAX_CHARS).map_err(|r| sentence(r.code))?;
    if words.is_empty() {
        return Err("What did you change? A few words are enough.");
    }
    Ok((day, cause.to_owned(), words))
}

/// `/summary/markers`: something was changed.
///
/// # Errors
/// What the database says.
pub async fn add(
    Answers(who): Answers,
    form: Form<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let now_ms = house.clock.now_ms();
    let today = Days::of(&who.shop.settings.time_zone).day(now_ms);
    let wrong = match parse(&form, today) {
        Ok((day, cause, words)) => {
            let marker = Marker { id: house.chance.key(), day: Days::day_number(day), cause, words };
            let mut tx = house.db.begin().await?;
            if change_markers::add(&mut tx, &who.shop.key, &marker, &who.owner.id, now_ms).await? {
                tx.commit().await?;
                return Ok(see_other(&back(&who)));
            }
            format!("There are {MARKERS_MAX} already. Remove one first.")
        }
        Err(wrong) => wrong.to_owned(),
    };
    let typed = |name| form.get(name).to_owned();
    let typed = Typed { day: typed("day"), cause: typed("cause"), words: typed("words"), wrong: Some(wrong) };
    page::refused(&house, &who, typed).await
}

/// `/summary/markers/remove`: it was a mistake.
///
/// # Errors
/// What the database says.
pub async fn remove(
    Answers(who): Answers,
    form: Form<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let mut tx = house.db.begin().await?;
    change_markers::remove(&mut tx, &who.shop.key, form.get("marker")).await?;
    tx.commit().await?;
    Ok(see_other(&back(&who)))
}

fn back(who: &SignedIn) -> String {
    for_shop("/summary#h-trend", (who.shops.len() > 1).then(|| who.shop.key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn as_many_days_before_as_since_are_compared() {
        assert_eq!(spans(100, 109), ((90, 100), (100, 110)));
        assert_eq!(spans(100, 100), ((99, 100), (100, 101)));
        assert_eq!(spans(100, 900), ((10, 100), (100, 190)));
    }

    #[test]
    fn it_worked_only_where_that_is_hardly_chance() {
        let of = |n, all| Happiness { happy: n, all };
        assert_eq!(
            compared("Broken", of(28, 309), of(1, 303)),
            "Broken: 28 of 309 answers before, 1 of 303 answers since. That worked."
        );
        assert!(compared("Broken", of(8, 309), of(5, 303)).ends_with("it may be chance."));
        assert!(compared("Broken", of(1, 303), of(28, 309)).ends_with("It has become more."));
        assert!(compared("Broken", of(8, 309), of(0, 4)).ends_with("Too few to tell."));
    }

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
