//! `/settings/hours`: opening hours, holidays, and the promise.

use crate::caches::promises::promise_text;
use crate::domain::opening_hours::{Holiday, OpeningHours};
use crate::domain::opening_hours_form;
use crate::domain::promise::{ANSWERS_MIN, AT_LEAST_HOURS_MAX, ReplyStatistics};
use crate::domain::promise_text::PromiseText;
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::{SettingsPage, save};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::text::phrases::{format_many, format_span_short};
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use jiff::civil::Date;
use shared::text::{NAME_MAX_CHARS, line};
use shared::words::Language;

/// Past holidays are removed when the form is saved.
const HOLIDAYS_MAX: usize = 40;
/// Empty rows for further holidays.
const EMPTY_ROWS: usize = 3;
const HOLIDAY_MAX_DAYS: i32 = 366;
/// Day numbers count from here.
const EPOCH: Date = Date::constant(1970, 1, 1);

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub struct DayRow {
    pub name: &'static str,
    /// As people write them.
    pub hours: String,
    pub is_wrong: bool,
}

#[derive(Default)]
pub struct HolidayRow {
    /// `2026-12-24`.
    pub first: String,
    /// Empty for a single day.
    pub last: String,
    pub name: String,
    pub wrong: Option<&'static str>,
}

pub struct HoursView {
    pub zone: String,
    /// From Monday.
    pub week: Vec<DayRow>,
    /// With empty rows to fill in.
    pub holidays: Vec<HolidayRow>,
    /// The least promise, in hours; empty for the measured one.
    pub at_least: String,
    /// Whether members are reminded.
    pub reminds: bool,
    /// What visitors read now; `None` without a promise.
    pub promise: Option<PromiseText>,
    /// From which replies the promise was measured, in words.
    pub measured: String,
}

impl HoursView {
    pub fn saved(settings: &ShopSettings, measured: &ReplyStatistics, now_ms: i64) -> Self {
        let OpeningHours { week, holidays } = &settings.hours;
        let day = |(name, spans): (&'static str, &Vec<_>)| DayRow {
            name,
            hours: opening_hours_form::format_spans(spans),
            is_wrong: false,
        };
        let today = ShopZone::from_name(&settings.time_zone).number(now_ms);
        let holiday = |h: &Holiday| HolidayRow {
            first: format_date(h.first_day),
            last: if h.last_day == h.first_day { String::new() } else { format_date(h.last_day) },
            name: h.name.clone(),
            wrong: None,
        };
        Self {
            zone: settings.time_zone.clone(),
            week: WEEKDAYS.into_iter().zip(week).map(day).collect(),
            holidays: padded(holidays.iter().filter(|h| h.last_day >= today).map(holiday).collect()),
            at_least: match settings.promise_at_least_hours {
                0 => String::new(),
                hours => hours.to_string(),
            },
            reminds: settings.reminds,
            promise: promise_text(measured, settings, now_ms, Language::En).map(|(said, _)| said),
            measured: describe_statistics(measured),
        }
    }

    fn fill_from(&mut self, form: &FormFields) {
        for (row, typed) in self.week.iter_mut().zip(form.all("day")) {
            row.hours = typed.trim().to_owned();
            row.is_wrong = opening_hours_form::parse_spans(typed).is_none();
        }
        let row = |(first, last, name): (&str, &str, &str)| HolidayRow {
            first: first.to_owned(),
            last: last.to_owned(),
            name: name.to_owned(),
            wrong: holiday(first, last, name).err(),
        };
        self.holidays = padded(holidays(form).map(row).collect());
        self.at_least = form.get("at_least").to_owned();
        self.reminds = form.has("reminds");
    }
}

fn padded(mut rows: Vec<HolidayRow>) -> Vec<HolidayRow> {
    rows.resize_with((rows.len() + EMPTY_ROWS).min(HOLIDAYS_MAX), HolidayRow::default);
    rows
}

/// A day number as a date field writes it.
fn format_date(day: i32) -> String {
    EPOCH.checked_add(jiff::Span::new().days(day)).unwrap_or(EPOCH).to_string()
}

fn parse_date(date: &str) -> Option<i32> {
    date.parse::<Date>().ok().map(|date| (date - EPOCH).get_days())
}

/// From which replies the promise was measured, in words.
fn describe_statistics(measured: &ReplyStatistics) -> String {
    let answers = u64::try_from(measured.answers).unwrap_or_default();
    match measured.times {
        Some(times) => format!(
            "From your {} of the last 30 days: half of the people waited at most {}, 9 of 10 at most {}. Opening hours count.",
            format_many(answers, "answer", "answers"),
            format_span_short(times.median_ms),
            format_span_short(times.p90_ms)
        ),
        None => format!(
            "Nothing is promised yet. It is measured from your own answers, as soon as there are {ANSWERS_MIN} in 30 days; \
             so far there {} {}.",
            if answers == 1 { "is" } else { "are" },
            crate::text::phrases::format_count(answers)
        ),
    }
}

/// First day, last day and name of the rows that are filled in.
fn holidays(form: &FormFields) -> impl Iterator<Item = (&str, &str, &str)> {
    let rest = || std::iter::repeat("");
    let rows = form.all("first").zip(form.all("last").chain(rest())).zip(form.all("holiday").chain(rest()));
    let rows = rows.map(|((first, last), name)| (first.trim(), last.trim(), name.trim()));
    rows.filter(|row| *row != ("", "", "")).take(HOLIDAYS_MAX)
}

fn holiday(first: &str, last: &str, name: &str) -> Result<Holiday, &'static str> {
    let first_day = parse_date(first).ok_or("A holiday needs a first day, like 2026-12-24.")?;
    let last_day = match last {
        "" => first_day,
        last => parse_date(last).ok_or("The last day looks like 2026-12-27, or is left empty.")?,
    };
    if last_day < first_day {
        return Err("It ends before it begins.");
    }
    if last_day - first_day >= HOLIDAY_MAX_DAYS {
        return Err("That is longer than a year.");
    }
    let name = line("holiday", name, NAME_MAX_CHARS).map_err(|_| "The name can have 60 characters.")?;
    Ok(Holiday { first_day, last_day, name })
}

/// Hours, the least promise, and whether members are reminded.
fn parse(form: &FormFields) -> Result<(OpeningHours, u32, bool), FieldErrors> {
    let mut wrong = FieldErrors::default();
    let mut week: [Vec<_>; 7] = Default::default();
    for (day, typed) in week.iter_mut().zip(form.all("day")) {
        match opening_hours_form::parse_spans(typed) {
            Some(spans) => *day = spans,
            None => wrong.add("day", "Hours look like 9:00–18:00, or 9–12, 13–18. Left empty, it is closed."),
        }
    }
    let mut parsed_holidays = Vec::new();
    for (first, last, name) in holidays(form) {
        match holiday(first, last, name) {
            Ok(holiday) => parsed_holidays.push(holiday),
            Err(sentence) => wrong.add("holidays", sentence),
        }
    }
    parsed_holidays.sort_unstable();
    let at_least = match form.get("at_least") {
        "" => Some(0),
        typed => wrong.number("at_least", typed, 0, AT_LEAST_HOURS_MAX),
    };
    match at_least {
        Some(at_least) if wrong.is_empty() => {
            Ok((OpeningHours { week, holidays: parsed_holidays }, at_least, form.has("reminds")))
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
        Ok((hours, promise_at_least_hours, reminds)) => {
            let settings =
                ShopSettings { hours, promise_at_least_hours, reminds, ..who.shop.settings.clone() };
            save(&state, &who, &who.shop.name, &settings, "hours").await
        }
        Err(wrong) => {
            let mut page = SettingsPage::load(&state, &who).await?;
            page.hours.fill_from(&form);
            page.refused("hours", wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::opening_hours::OpeningSpan;

    fn form(days: [&str; 7], more: &[(&str, &str)]) -> FormFields {
        days.into_iter().map(|day| ("day", day)).chain(more.iter().copied()).collect()
    }

    const DAYS: [&str; 7] = ["9-18", "9-18", "9-18", "9-12, 13-18", "9-18", "10-16", ""];

    #[test]
    fn hours_and_holidays_come_back_as_they_were_typed() {
        let holidays = [
            ("first", "2026-12-24"),
            ("last", "2026-12-27"),
            ("holiday", "Christmas"),
            ("first", "2027-01-01"),
            ("last", ""),
            ("holiday", ""),
            ("first", ""),
            ("last", ""),
            ("holiday", ""),
            ("at_least", "4"),
            ("reminds", "1"),
        ];
        let (hours, at_least, reminds) = parse(&form(DAYS, &holidays)).unwrap();
        assert_eq!(hours.week[3].len(), 2);
        assert_eq!(hours.week[0], [OpeningSpan { from_min: 540, until_min: 1_080 }]);
        assert!(hours.week[6].is_empty() && reminds && at_least == 4);
        let settings = ShopSettings { hours, ..ShopSettings::default() };
        let measured = ReplyStatistics::of(Vec::new(), &[], 0);
        let view = HoursView::saved(&settings, &measured, 1_795_000_000_000);
        let shown: Vec<(&str, &str, &str)> =
            view.holidays.iter().map(|h| (h.first.as_str(), h.last.as_str(), h.name.as_str())).collect();
        let empty = ("", "", "");
        assert_eq!(
            shown,
            [("2026-12-24", "2026-12-27", "Christmas"), ("2027-01-01", "", ""), empty, empty, empty]
        );
        assert_eq!(view.week[3].hours, "9:00–12:00, 13:00–18:00");
        let later = HoursView::saved(&settings, &measured, 1_800_000_000_000);
        assert_eq!(later.holidays.len(), EMPTY_ROWS, "holidays that are over go by themselves");
    }

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let typed = form(
            ["9-18", "all day", "", "", "", "", ""],
            &[("first", "2026-12-27"), ("last", "2026-12-24"), ("holiday", ""), ("at_least", "999")],
        );
        let wrong = parse(&typed).unwrap_err();
        for field in ["day", "holidays", "at_least"] {
            assert!(wrong.at(field).is_some(), "{field}");
        }
        for (first, last) in
            [("", "2026-12-24"), ("24.12.2026", ""), ("2026-02-30", ""), ("2026-01-01", "2028-01-01")]
        {
            assert!(holiday(first, last, "").is_err(), "{first} {last}");
        }
    }
}
