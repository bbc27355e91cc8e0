//! `/summary`: in half a minute, who waits, how people felt and where.

use super::days::{Days, PERIODS, Period};
use super::door::SignedIn;
use super::face::Face;
use super::few::{self, FewView};
use super::fields::Fields;
use super::filter::{Cursor, Filter};
use super::first_day;
use super::inbox::filter as inbox_filter;
use super::inbox::item::{self, Item};
use super::parts::{self, PartTable, StandsOut};
use super::sentence::{Sentence, Waiting, compared, sentence};
use super::shell::{Here, Shell};
use super::shown::{Showing, Shown, reason};
use super::sign_in::see_other;
use super::told::{ASKED, Told, told};
use super::trend::{Counted, counted};
use super::trend_view::{self, TrendView};
use super::wording::{self, first_name, number};
use crate::chart;
use crate::count::What;
use crate::db::{counts, inbox, kept, listing, people, summary};
use crate::failure::Failure;
use crate::happiness::{FEW, Happiness, percent};
use crate::headers;
use crate::house::House;
use crate::talk::rules::Rules;
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use askama::Template;
use shared::rating::{Mood, Scale};

/// How many of those who wait stand on the page.
const WAITING_SHOWN: i64 = 5;
/// How many comments stand on the page.
const COMMENTS_SHOWN: i64 = 6;

#[derive(Template)]
#[template(path = "owner/summary.html")]
struct SummaryPage {
    shell: Shell,
    eyebrow: String,
    sentence: Sentence,
    periods: Vec<PeriodLink>,
    strip: Vec<Number>,
    few: Option<FewView>,
    few_limit: u64,
    quiet: Option<String>,
    waiting: Vec<Item>,
    waiting_more: u64,
    waiting_all: String,
    waiting_href: String,
    trend: Option<TrendView>,
    compared: Option<String>,
    people: String,
    distribution: Vec<Share>,
    why: Vec<Reason>,
    comments: Vec<Shown>,
    comments_all: String,
    comments_href: String,
    parts: Vec<PartTable>,
    axis_from: u32,
    stands_out: Option<StandsOut>,
    time_zone: String,
    csv_href: String,
    all_href: String,
}

/// A period that can be chosen.
struct PeriodLink {
    name: &'static str,
    href: String,
    is_here: bool,
}

/// One number of the strip.
struct Number {
    name: String,
    value: String,
    unit: String,
    more: String,
}

/// One row of the distribution.
struct Share {
    face: Face,
    href: String,
    answers: String,
    share: String,
    width: String,
}

/// One reason and how often it was picked.
struct Reason {
    name: String,
    href: String,
    answers: String,
}

/// `/` leads to the summary.
pub async fn home() -> HttpResponse {
    see_other("/summary")
}

/// The page: of the first day, of few answers, or of many.
///
/// # Errors
/// What the database says.
pub async fn show(who: SignedIn, query: Query<Fields>, house: Data<House>) -> Result<HttpResponse, Failure> {
    let shell = Shell::of(&house, &who, Here::Summary).await?;
    let html = match summary::newest_at_ms(&house.db, &who.shop.key).await? {
        None => first_day::page(&house, &who, shell).await?,
        Some(newest_at_ms) => {
            let days = query.get("days").parse().ok().filter(|d| PERIODS.contains(d)).unwrap_or(90);
            page(&house, &who, shell, days, newest_at_ms).await?
        }
    };
    Ok(headers::page(HttpResponse::Ok(), html))
}

async fn page(
    house: &House,
    who: &SignedIn,
    shell: Shell,
    chosen: u32,
    newest_at_ms: i64,
) -> Result<String, Failure> {
    let (db, key, now_ms) = (&house.db, &who.shop.key, house.clock.now_ms());
    let days = Days::of(&who.shop.settings.time_zone);
    let period = Period::up_to(days.day(now_ms), chosen);
    let both = (period.before().day_numbers().0, period.day_numbers().1);
    let by_day = kept::days(db, key, What::All, both).await?;
    let (now, before) = (counted(&by_day, period), counted(&by_day, period.before()));
    let (felt, felt_before) = (now.happiness(), before.happiness());
    let marks = counts::marks(db).await?.unwrap_or_default();
    let kept = kept::over(db, key, &ASKED, period.day_numbers(), marks).await?;
    let mut told = told(kept, &summary::titles(db, key).await?);
    if felt.is_too_few() {
        told.parts.clear();
    }
    let parts = &told.parts;
    let all_waiting = summary::waiting(db, key).await?;
    let waiting = inbox_filter::Filter::default();
    let longest = inbox::page(db, key, &waiting, &inbox_filter::Place::default(), WAITING_SHOWN).await?;
    let in_period = Filter { from: Some(period.first), to: Some(period.last), ..Filter::default() };
    let with_words = Filter { with_words: true, ..in_period.clone() };
    let comments = listing::page(db, key, &with_words, &days, &Cursor::start(), COMMENTS_SHOWN).await?;
    let few = if felt.is_few() && felt.all > 0 {
        let answers = listing::page(db, key, &in_period, &days, &Cursor::start(), FEW as i64).await?;
        Some(few::view(&answers, &days, now_ms))
    } else {
        None
    };

    let showing = Showing { shell: &shell, settings: &who.shop.settings, days: &days, now_ms };
    let waits = Waiting {
        people: all_waiting.people,
        longest_ms: all_waiting.oldest_at_ms.map_or(0, |at_ms| now_ms - at_ms),
    };
    let axis = parts::axis(parts);
    let waiting = item::Showing {
        shell: &shell,
        settings: &who.shop.settings,
        rules: &Rules::of(&who.shop.settings, house.promises.open_ms(db, &who.shop, now_ms).await?),
        people: &people::of_shop(db, key).await?,
        filter: &waiting,
        open: "",
        now_ms,
    };
    let to = |path: &str, filter: &Filter| shell.to(&format!("{path}?{}", filter.query()));
    let page = SummaryPage {
        eyebrow: format!(
            "{}, {}. Your last {chosen} days, {} to today, {}.",
            days.greeting(now_ms),
            first_name(&who.owner.name),
            Days::say_day(period.first),
            Days::say_weekday(period.last)
        ),
        sentence: sentence(waits, felt, chosen),
        periods: periods(&shell, chosen),
        strip: strip(felt, felt_before, &told, chosen),
        few_limit: FEW,
        quiet: (felt.all == 0)
            .then(|| format!("The last answer came {}.", wording::ago(now_ms - newest_at_ms))),
        waiting: longest.into_iter().map(|one| waiting.of(one)).collect(),
        waiting_more: waits.people.saturating_sub(WAITING_SHOWN.unsigned_abs()),
        waiting_all: number(waits.people),
        waiting_href: shell.to("/inbox"),
        trend: if felt.is_few() { None } else { trend_view::view(&now) },
        compared: compared(felt, felt_before, chosen),
        people: format!("{} people", number(felt.all)),
        distribution: if felt.is_few() { Vec::new() } else { distribution(&now, &in_period, &shell) },
        why: told
            .reasons
            .iter()
            .map(|(code, n)| Reason {
                name: reason(&who.shop.settings, code),
                href: shell.to(&format!("/responses?reason={code}&{}", in_period.query())),
                answers: number(*n),
            })
            .collect(),
        comments: comments.into_iter().map(|one| showing.of(one)).collect(),
        comments_all: number(told.with_words),
        comments_href: to("/responses", &with_words),
        parts: parts::tables(parts, axis, period, felt),
        axis_from: axis.from,
        stands_out: parts::stands_out(parts),
        time_zone: who.shop.settings.time_zone.clone(),
        csv_href: to("/responses.csv", &in_period),
        all_href: shell.to("/responses"),
        few,
        shell,
    };
    Ok(page.render()?)
}

fn periods(shell: &Shell, chosen: u32) -> Vec<PeriodLink> {
    let names = ["7 days", "30 days", "90 days", "A year"];
    let link = |(days, name): (u32, &'static str)| PeriodLink {
        name,
        href: shell.to(&format!("/summary?days={days}")),
        is_here: days == chosen,
    };
    PERIODS.into_iter().zip(names).map(link).collect()
}

fn strip(felt: Happiness, before: Happiness, told: &Told, days: u32) -> Vec<Number> {
    let Some(range) = felt.range().filter(|_| !felt.is_too_few()) else { return Vec::new() };
    let likely = format!("likely between {} and {}", percent(range.low), percent(range.high));
    let happy = match felt.percent() {
        Some(share) if !felt.is_few() => Number {
            name: "Happy".to_owned(),
            value: format!("{share}\u{a0}%"),
            unit: String::new(),
            more: format!("{} of {} answers, {likely}", number(felt.happy), number(felt.all)),
        },
        _ => Number {
            name: "Happy".to_owned(),
            value: number(felt.happy),
            unit: format!("of {}", number(felt.all)),
            more: format!("few answers, {likely} of 100"),
        },
    };
    let unhappy_share = |n: u64| {
        let part = Happiness { happy: n, all: felt.all };
        part.percent().filter(|_| !felt.is_few()).map(|p| format!("{p} of 100 who answered"))
    };
    vec![
        happy,
        Number {
            name: "Answers".to_owned(),
            value: number(felt.all),
            unit: String::new(),
            more: match before.all {
                0 => format!("none in the {days} days before"),
                n => format!("{} in the {days} days before", number(n)),
            },
        },
        Number {
            name: "In their own words".to_owned(),
            value: number(told.with_words),
            unit: format!("of {}", number(felt.all)),
            more: unhappy_share(told.with_words).unwrap_or_else(|| "who wrote a comment".to_owned()),
        },
        Number {
            name: "Complaints".to_owned(),
            value: number(told.complaints),
            unit: String::new(),
            more: "unhappy in words, or would like an answer".to_owned(),
        },
    ]
}

/// The rows of the distribution: the three moods, or five faces where somebody was asked with five.
fn distribution(counted: &Counted, period: &Filter, shell: &Shell) -> Vec<Share> {
    let [one, two, three, four, five] = counted.by_rating;
    let all = counted.happiness().all;
    let rows: Vec<(Face, &str, u64)> = if two + four == 0 {
        vec![
            (Face::of_mood(Mood::Happy), "happy", five),
            (Face::of_mood(Mood::Middling), "middling", three),
            (Face::of_mood(Mood::Unhappy), "unhappy", one),
        ]
    } else {
        [(5, "5", five), (4, "4", four), (3, "3", three), (2, "2", two), (1, "1", one)]
            .into_iter()
            .map(|(n, felt, answers)| (Face::of(n, Scale::FiveFaces, Default::default()), felt, answers))
            .collect()
    };
    let row = |(face, felt, answers): (Face, &str, u64)| {
        let part = Happiness { happy: answers, all };
        Share {
            face,
            href: shell.to(&format!("/responses?felt={felt}&{}", period.query())),
            answers: number(answers),
            share: part.percent().map(|p| format!("{p}\u{a0}%")).unwrap_or_default(),
            width: chart::percent(part.share().unwrap_or(0.0)),
        }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_thirty_answers_the_strip_has_no_percentage() {
        let told = Told::default();
        let few = strip(Happiness::of(5, 7), Happiness::default(), &told, 90);
        assert!(few.iter().all(|n| !n.value.contains('%') && !n.more.contains('%')));
        assert_eq!((few[0].value.as_str(), few[0].unit.as_str()), ("5", "of 7"));
        assert!(strip(Happiness::of(4, 4), Happiness::default(), &told, 90).is_empty());
        let many = strip(Happiness::of(512, 612), Happiness::of(1_200, 1_204), &told, 90);
        assert_eq!(many[0].value, "84\u{a0}%");
        assert_eq!(many[0].more, "512 of 612 answers, likely between 81 and 86");
        assert_eq!(many[1].more, "1,204 in the 90 days before");
    }
}
