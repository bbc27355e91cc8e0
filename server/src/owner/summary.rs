//! `/summary`: in half a minute, who waits, how people felt and where.

use super::days::{Days, PERIODS, Period};
use super::door::SignedIn;
use super::face::Face;
use super::few::{self, FewView};
use super::fields::Fields;
use super::filter::{Cursor, Filter};
use super::first_day;
use super::found::{self, Found};
use super::inbox::filter as inbox_filter;
use super::inbox::item::{self, Item};
use super::inbox::words::cause;
use super::markers::{MarkerView, Typed, spans};
use super::mouth::{self, MouthView};
use super::parts::{self, PartTable, StandsOut};
use super::recovery::{self, FirstReply, FunnelRow, Recovery, ReplyRow};
use super::rising::{self, LOOKED_AT, Rising};
use super::sentence::{Sentence, Waiting, compared, sentence};
use super::shell::{Here, Shell};
use super::shown::{Showing, Shown, reason};
use super::sign_in::see_other;
use super::told::Part;
use super::trend::Counted;
use super::trend_view::{self, TrendView};
use super::week::{self, WeekView};
use super::why::{self, CauseRow};
use super::wording::{self, first_name, number};
use crate::chart;
use crate::collect::check_ins::Sum;
use crate::count::What;
use crate::db::{inbox, listing, people, summary};
use crate::failure::Failure;
use crate::happiness::{FEW, Happiness, percent};
use crate::headers;
use crate::house::House;
use crate::talk::rules::Rules;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use jiff::civil::Date;
use shared::conversation::Stage;
use shared::moment::Moment;
use shared::rating::{Mood, Scale};

/// How many of those who wait stand on the page.
const WAITING_SHOWN: i64 = 5;

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
    asked: Option<Asked>,
    funnel: Vec<FunnelRow>,
    set_aside: u64,
    first_reply: Option<FirstReply>,
    replies: Vec<ReplyRow>,
    causes: Vec<CauseRow>,
    mouth: MouthView,
    mouth_href: String,
    week: Option<WeekView>,
    markers: Vec<MarkerView>,
    /// Codes and names of the shop's causes.
    known_causes: Vec<(String, String)>,
    may_answer: bool,
    typed: Typed,
    from: String,
    to: String,
    last_day: String,
    is_custom: bool,
    wrong_period: Option<&'static str>,
    comments: Vec<Shown>,
    rising: Vec<Rising>,
    looked_at: i64,
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

/// What became of those who were asked by themselves.
struct Asked {
    shown: String,
    answered: String,
    dismissed: String,
    passed: String,
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
    let html = html(&house, &who, &query, Typed::default()).await?;
    Ok(headers::page(HttpResponse::Ok(), html))
}

/// The page again, with what was typed about a change and what was not right about it.
///
/// # Errors
/// What the database says.
pub async fn refused(house: &House, who: &SignedIn, typed: Typed) -> Result<HttpResponse, Failure> {
    let html = html(house, who, &Fields::default(), typed).await?;
    Ok(headers::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), html))
}

async fn html(house: &House, who: &SignedIn, query: &Fields, typed: Typed) -> Result<String, Failure> {
    let shell = Shell::of(house, who, Here::Summary).await?;
    match summary::newest_at_ms(&house.db, &who.shop.key).await? {
        None => first_day::page(house, who, shell).await,
        Some(newest_at_ms) => {
            let today = Days::of(&who.shop.settings.time_zone).day(house.clock.now_ms());
            page(house, who, shell, Chosen::of(query, today), newest_at_ms, typed).await
        }
    }
}

/// Which days the summary is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Chosen {
    period: Period,
    /// Whether somebody chose the days, and not how many of the last ones.
    is_custom: bool,
    /// Why the days that were chosen cannot be shown.
    wrong: Option<&'static str>,
}

impl Chosen {
    fn of(query: &Fields, today: Date) -> Self {
        let days = query.get("days").parse().ok().filter(|d| PERIODS.contains(d)).unwrap_or(90);
        let last = Self { period: Period::up_to(today, days), is_custom: false, wrong: None };
        let (from, to) = (query.get("from"), query.get("to"));
        if from.is_empty() && to.is_empty() {
            return last;
        }
        let wrong = |sentence| Self { wrong: Some(sentence), ..last };
        let (Ok(from), Ok(to)) = (from.parse::<Date>(), to.parse::<Date>()) else {
            return wrong("Please choose two days, such as 2026-05-01 and 2026-05-31.");
        };
        match Period::between(from, to) {
            _ if from > to => wrong("The first day is after the last."),
            _ if to > today => wrong("The last day is still to come."),
            None => wrong("At most two years fit on a page."),
            Some(period) => Self { period, is_custom: true, wrong: None },
        }
    }
}

async fn page(
    house: &House,
    who: &SignedIn,
    shell: Shell,
    chosen: Chosen,
    newest_at_ms: i64,
    typed: Typed,
) -> Result<String, Failure> {
    let (db, key, now_ms) = (&house.db, &who.shop.key, house.clock.now_ms());
    let days = Days::of(&who.shop.settings.time_zone);
    let Chosen { period, is_custom, .. } = chosen;
    let today = Days::day_number(days.day(now_ms));
    let Found { now, before, mut told, causes_before, check_ins, changed, latest, words } =
        found::find(db, key, &days, period, today).await?;
    let (felt, felt_before) = (now.happiness(), before.happiness());
    let promise_ms = house.promises.open_ms(db, &who.shop, now_ms).await?;
    let asked = asked(check_ins, &told.parts);
    if felt.is_too_few() {
        told.parts.clear();
    }
    let parts = &told.parts;
    let all_waiting = summary::waiting(db, key).await?;
    let waiting = inbox_filter::Filter::default();
    let longest = inbox::page(db, key, &waiting, &inbox_filter::Place::default(), WAITING_SHOWN).await?;
    let in_period = found::of_period(period);
    let with_words = Filter { with_words: true, ..in_period.clone() };
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
        rules: &Rules::of(&who.shop.settings, promise_ms),
        people: &people::of_shop(db, key).await?,
        filter: &waiting,
        open: "",
        now_ms,
    };
    let to = |path: &str, filter: &Filter| shell.to(&format!("{path}?{}", filter.query()));
    let page = SummaryPage {
        eyebrow: eyebrow(&days, now_ms, &who.owner.name, chosen),
        sentence: sentence(waits, felt, &told.recovery, chosen.said()),
        periods: periods(&shell, chosen),
        strip: strip(felt, felt_before, &told.recovery, period.days),
        asked,
        funnel: if told.recovery.complaints() == 0 {
            Vec::new()
        } else {
            recovery::funnel(&told.recovery, |filter| to("/responses", filter), &in_period)
        },
        set_aside: told.recovery.at(Stage::SetAside),
        first_reply: recovery::first_reply(&told.recovery, promise_ms),
        replies: recovery::replies(&told.recovery, promise_ms),
        causes: why::rows(
            &told.causes,
            &causes_before,
            (felt.all, felt_before.all),
            |code| cause(&who.shop.settings, code),
            |filter| to("/responses", filter),
            &in_period,
        ),
        mouth: mouth::view(
            told.recovery.complaints() - told.recovery.recovered() - told.recovery.at(Stage::SetAside),
            told.recovery.recovered(),
            now.by_rating[4],
            who.shop.settings.mouth,
        ),
        mouth_href: shell.to("/settings#mouth"),
        markers: changed
            .iter()
            .map(|(marker, [before, since])| {
                let name = cause(&who.shop.settings, &marker.cause);
                let compared_days = marker.day - spans(marker.day, today).0.0;
                let to = |filter: &Filter| to("/responses", filter);
                super::markers::view(marker, period, &name, *before, *since, to, compared_days)
            })
            .collect(),
        known_causes: who.shop.settings.causes.iter().map(|c| (c.code.clone(), c.name.clone())).collect(),
        may_answer: who.role.may_answer(),
        typed,
        week: week::view(&told.hours, |filter| to("/responses", filter), &in_period),
        from: period.first.to_string(),
        to: period.last.to_string(),
        last_day: days.day(now_ms).to_string(),
        is_custom,
        wrong_period: chosen.wrong,
        few_limit: FEW,
        quiet: (felt.all == 0)
            .then(|| format!("The last answer came {}.", wording::ago(now_ms - newest_at_ms))),
        waiting: longest.into_iter().map(|one| waiting.of(one)).collect(),
        waiting_more: waits.people.saturating_sub(WAITING_SHOWN.unsigned_abs()),
        waiting_all: number(waits.people),
        waiting_href: shell.to("/inbox"),
        trend: if felt.is_few() { None } else { trend_view::view(&now) },
        compared: compared(felt, felt_before, period.days),
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
        comments: latest.into_iter().map(|one| showing.of(one)).collect(),
        rising: rising::words(&words[0], &words[1], |filter| to("/responses", filter), &in_period),
        looked_at: LOOKED_AT,
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

impl Chosen {
    /// The days in a sentence: `in the last 90 days`, `in these 12 days`.
    fn said(self) -> String {
        match (self.is_custom, self.period.days) {
            (true, 1) => "on this day".to_owned(),
            (true, days) => format!("in these {days} days"),
            (false, days) => format!("in the last {days} days"),
        }
    }
}

fn eyebrow(days: &Days, now_ms: i64, name: &str, Chosen { period, is_custom, .. }: Chosen) -> String {
    let hello = format!("{}, {}.", days.greeting(now_ms), first_name(name));
    let (first, last) = (Days::say_day(period.first), Days::say_weekday(period.last));
    match (is_custom, period.days) {
        (false, days) => format!("{hello} Your last {days} days, {first} to today, {last}."),
        (true, 1) => format!("{hello} {last} {}.", period.last.year()),
        (true, days) => {
            format!("{hello} {days} days, {first} {} to {last} {}.", period.first.year(), period.last.year())
        }
    }
}

fn periods(shell: &Shell, chosen: Chosen) -> Vec<PeriodLink> {
    let names = ["7 days", "30 days", "90 days", "A year"];
    let link = |(days, name): (u32, &'static str)| PeriodLink {
        name,
        href: shell.to(&format!("/summary?days={days}")),
        is_here: !chosen.is_custom && days == chosen.period.days,
    };
    PERIODS.into_iter().zip(names).map(link).collect()
}

/// What became of those who were asked by themselves; `None` where nobody was, or more answered than were counted as asked:
/// then counting began in the middle of the period.
fn asked(sum: Sum, parts: &[Part]) -> Option<Asked> {
    let by_themselves = [Moment::MidJourney.as_str(), Moment::AfterCheckout.as_str()];
    let answers = parts.iter().filter(|p| p.by == What::Moment && by_themselves.contains(&p.name.as_str()));
    let answered: u64 = answers.map(|p| p.happiness.all).sum();
    let (shown, dismissed) = (u64::try_from(sum.shown).ok()?, u64::try_from(sum.dismissed).ok()?);
    let passed = shown.checked_sub(answered)?.checked_sub(dismissed)?;
    let said = |n: u64| match (Happiness { happy: n, all: shown }).percent() {
        Some(percent) if shown >= FEW => format!("{} ({percent}\u{a0}%)", number(n)),
        _ => number(n),
    };
    (shown > 0).then(|| Asked {
        shown: number(shown),
        answered: said(answered),
        dismissed: said(dismissed),
        passed: said(passed),
    })
}

fn strip(felt: Happiness, before: Happiness, recovery: &Recovery, days: u32) -> Vec<Number> {
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
        won_back(recovery),
        first_answer(recovery),
    ]
}

fn won_back(recovery: &Recovery) -> Number {
    let won = Happiness { happy: recovery.recovered(), all: recovery.complaints() };
    let more = match (won.percent(), won.range()) {
        (Some(share), Some(range)) if !won.is_few() => {
            format!("{share}\u{a0}%, likely between {} and {}", percent(range.low), percent(range.high))
        }
        (Some(_), _) => "of those who complained; too few for a share".to_owned(),
        (None, _) => "nobody complained".to_owned(),
    };
    Number {
        name: "Won back".to_owned(),
        value: number(won.happy),
        unit: if won.all == 0 { String::new() } else { format!("of {}", number(won.all)) },
        more,
    }
}

fn first_answer(recovery: &Recovery) -> Number {
    let told = recovery::first_reply(recovery, None);
    let (value, more) = match told {
        Some(told) => {
            (told.median, format!("of opening time; half came sooner, 9 of 10 within {}", told.nine_of_ten))
        }
        None => ("\u{2013}".to_owned(), "too few to tell".to_owned()),
    };
    Number { name: "Your first answer".to_owned(), value, unit: String::new(), more }
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
    use jiff::civil::date;

    #[test]
    fn under_thirty_answers_the_strip_has_no_percentage() {
        let told =
            Recovery { stages: [(Stage::Recovered, 3), (Stage::InHand, 1)].into(), ..Recovery::default() };
        let few = strip(Happiness::of(5, 7), Happiness::default(), &told, 90);
        assert!(few.iter().all(|n| !n.value.contains('%') && !n.more.contains('%')));
        assert_eq!((few[0].value.as_str(), few[0].unit.as_str()), ("5", "of 7"));
        assert!(strip(Happiness::of(4, 4), Happiness::default(), &told, 90).is_empty());
        let many = strip(Happiness::of(512, 612), Happiness::of(1_200, 1_204), &told, 90);
        assert_eq!(many[0].value, "84\u{a0}%");
        assert_eq!(many[0].more, "512 of 612 answers, likely between 81 and 86");
        assert_eq!(many[1].more, "1,204 in the 90 days before");
        assert_eq!((many[2].value.as_str(), many[2].unit.as_str()), ("3", "of 4"));
        assert_eq!(many[3].more, "too few to tell");
    }

    #[test]
    fn days_that_cannot_be_shown_are_said_and_the_last_ninety_are() {
        let today = date(2026, 11, 21);
        let of = |fields: &[(&str, &str)]| Chosen::of(&fields.iter().copied().collect(), today);
        let ninety = Period::up_to(today, 90);
        for (from, to) in [
            ("2026-05-02", "2026-05-01"),
            ("2024-01-01", "2026-11-01"),
            ("2026-11-01", "2026-11-22"),
            ("soon", "2026-11-01"),
            ("2026-11-01", ""),
        ] {
            let chosen = of(&[("from", from), ("to", to)]);
            assert!(chosen.wrong.is_some() && !chosen.is_custom, "{from} {to}");
            assert_eq!(chosen.period, ninety);
        }
        let may = of(&[("from", "2026-05-01"), ("to", "2026-05-31")]);
        assert_eq!((may.period.days, may.said().as_str(), may.wrong), (31, "in these 31 days", None));
        assert_eq!(of(&[("days", "30")]).said(), "in the last 30 days");
        assert_eq!(of(&[("days", "31")]).period, ninety);
    }

    #[test]
    fn who_was_asked_answered_put_it_off_or_let_it_pass() {
        let part = |name: &str, all| Part {
            by: What::Moment,
            name: name.to_owned(),
            title: String::new(),
            happiness: Happiness { happy: 0, all },
        };
        let parts = [part("mid_journey", 20), part("after_checkout", 6), part("any_time", 90)];
        let told = asked(Sum { shown: 100, dismissed: 40 }, &parts).unwrap();
        assert_eq!(
            [told.shown, told.answered, told.dismissed, told.passed],
            ["100", "26 (26\u{a0}%)", "40 (40\u{a0}%)", "34 (34\u{a0}%)"]
        );
        assert!(asked(Sum { shown: 20, dismissed: 0 }, &parts).is_none(), "counted only since the middle");
        assert!(asked(Sum::default(), &[]).is_none());
    }
}
