//! The weekly mail to a person of a shop: how last week was, who waits, and the one thing to do.

use crate::analytics::period_report;
use crate::analytics::period_report::PeriodReport;
use crate::analytics::recovery::Recovery;
use crate::analytics::top_action::top_action;
use crate::db::outbox_claims::ClaimedMail;
use crate::db::response_queries;
use crate::db::response_queries::ResponseListRow;
use crate::db::{inbox_queries, members, summary_queries};
use crate::domain::csat::Csat;
use crate::domain::inbox_filter;
use crate::domain::response_filter::{RatingFilter, ResponseCursor, ResponseFilter};
use crate::error::AppError;
use crate::notifications::complaint_alert::{PendingComplaint, find_pending};
use crate::notifications::dates;
use crate::notifications::layout::{MailBlock, MailLayout, unlinked};
use crate::notifications::weekly_action::describe_top_action;
use crate::notifications::{
    ComposeError, ComposeResult, Composer, GONE, MailContent, NOT_A_RECIPIENT, our_colours, preview, subject,
};
use crate::text::phrases::format_number;
use crate::time::zone::{Period, ShopZone};
use shared::words::Language;

const WEEK_DAYS: u32 = 7;

/// The most waiting complaints that the mail lists.
const WAITING_MAX: i64 = 3;

/// Why no mail is sent after a week without responses.
const QUIET: &str = "Nobody answered that week.";

pub(crate) async fn weekly(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let (db, key) = (&composer.state.db, &composer.shop.key);
    let person = members::find(db, key, &mail.person).await?;
    let Some(person) = person.filter(|person| person.gets_weekly) else {
        return Err(ComposeError::NotNeeded(NOT_A_RECIPIENT));
    };
    let Ok(monday) = mail.message.parse::<i32>() else { return Err(ComposeError::NotNeeded(GONE)) };
    let (zone, language) = (composer.zone(), Language::of_tag(&person.language));
    let week = Period::ending(ShopZone::date_from_number(monday - 1), WEEK_DAYS);
    let report = period_report::load(db, key, &zone, week, zone.number(composer.now_ms)).await?;
    let waiting = summary_queries::waiting(db, key).await?;
    let Some(action) = top_action(waiting, &report) else { return Err(ComposeError::NotNeeded(QUIET)) };
    let promise_ms = composer.state.promises.open_ms(db, composer.shop, composer.now_ms).await?;
    let pending = list_pending(composer).await?;
    let thanks = thanks(composer, week, &zone).await?;
    let (title, line) = (title(&report, waiting.people, language), period(week, language));
    let advice = describe_top_action(composer, &action, week, language);
    let text = |en: &str, de: &str| match language {
        Language::En => en.to_owned(),
        Language::De => de.to_owned(),
    };
    let summary = composer.url(&format!("/summary?days={WEEK_DAYS}&shop={}", key.as_str()));
    let mut blocks = vec![
        MailBlock::Small(line),
        MailBlock::Large(sentence(
            report.now.happiness(),
            &report.breakdown.recovery,
            waiting.people,
            language,
        )),
        MailBlock::Rows(rows(&report, promise_ms, language)),
        MailBlock::Heading(text("If you do one thing this week", "Wenn du diese Woche eines tust")),
        MailBlock::Words(advice.words),
    ];
    if !pending.is_empty() {
        blocks.push(MailBlock::Heading(text("Still open", "Noch offen")));
        blocks.push(MailBlock::List(
            pending.iter().map(|pending| pending_entry(composer, pending, language)).collect(),
        ));
    }
    if let Some(thanks) = thanks {
        blocks.push(MailBlock::Heading(text("What somebody liked", "Was jemandem gefallen hat")));
        blocks.push(MailBlock::Words(format!("“{}”", unlinked(&thanks.comment))));
    }
    let mut buttons: Vec<(String, String)> = advice.button.into_iter().collect();
    buttons.push((text("Open the summary", "Zusammenfassung öffnen"), summary));
    blocks.push(MailBlock::Buttons(buttons));
    let stop = composer.url(&format!("/u/{}/weekly/{}", key.as_str(), mail.id.as_str()));
    let shop = &composer.shop.name;
    let page = MailLayout {
        language,
        preview: preview(&advice.first),
        colours: our_colours(),
        blocks,
        foot: text(
            &format!("Every Monday at eight, to the people of {shop}."),
            &format!("Jeden Montag um acht, an alle von {shop}."),
        ),
        foot_links: vec![(text("Stop these", "Nicht mehr schicken"), stop.clone())],
    };
    Ok(MailContent {
        from_name: composer.our_name(language),
        subject: subject(&title),
        page,
        picture: None,
        unsubscribe: Some(stop),
        is_automatic: true,
        thread: String::new(),
    })
}

async fn list_pending(composer: &Composer<'_>) -> Result<Vec<PendingComplaint>, AppError> {
    let (filter, start) = (inbox_filter::InboxFilter::default(), inbox_filter::InboxCursor::default());
    let longest =
        inbox_queries::page(&composer.state.db, &composer.shop.key, &filter, &start, WAITING_MAX).await?;
    let mut all = Vec::with_capacity(longest.len());
    for row in longest {
        all.extend(find_pending(composer, &row.response).await?);
    }
    Ok(all)
}

/// The visitor's words, and the link to reply.
fn pending_entry(
    composer: &Composer<'_>,
    PendingComplaint { response, words, .. }: &PendingComplaint,
    language: Language,
) -> (String, String, String) {
    let text = if words.is_empty() { response.receipt.clone() } else { format!("“{}”", unlinked(words)) };
    let answer = match language {
        Language::En => "Answer",
        Language::De => "Antworten",
    };
    (text, format!("{answer} ({})", response.receipt), composer.reply_box(&response.id))
}

/// The newest words with a rating of 5.
async fn thanks(
    composer: &Composer<'_>,
    week: Period,
    zone: &ShopZone,
) -> Result<Option<ResponseListRow>, AppError> {
    let filter = ResponseFilter {
        felt: RatingFilter::Exactly(5),
        with_words: true,
        ..period_report::filter_for(week)
    };
    let (db, key, start) = (&composer.state.db, &composer.shop.key, ResponseCursor::start());
    Ok(response_queries::page(db, key, &filter, zone, &start, 1).await?.pop())
}

/// A number with the language's thousands separator.
pub(super) fn format_localized(n: u64, language: Language) -> String {
    match language {
        Language::En => format_number(n),
        Language::De => format_number(n).replace(',', "."),
    }
}

/// `16 to 22 November`.
fn period(week: Period, language: Language) -> String {
    let (first, last) = (dates::format_day(week.first, language), dates::format_day(week.last, language));
    match language {
        Language::En => format!("{first} to {last}"),
        Language::De => format!("{first} bis {last}"),
    }
}

/// A share in percent, or as two counts where there are too few responses.
pub(super) fn format_happy(felt: Csat, language: Language) -> String {
    let (happy, all) = (format_localized(felt.happy, language), format_localized(felt.all, language));
    match (felt.percent(), felt.is_few(), language) {
        (Some(percent), false, _) => format!("{percent}\u{a0}%"),
        (_, _, Language::En) => format!("{happy} of {all}"),
        (_, _, Language::De) => format!("{happy} von {all}"),
    }
}

fn title(report: &PeriodReport, waiting: u64, language: Language) -> String {
    let felt = report.now.happiness();
    let week = match (felt.all, language) {
        (0, Language::En) => "Your week: nobody answered".to_owned(),
        (0, Language::De) => "Deine Woche: niemand hat geantwortet".to_owned(),
        (1, Language::En) => "Your week: one answered".to_owned(),
        (1, Language::De) => "Deine Woche: eine Antwort".to_owned(),
        (_, Language::En) => format!("Your week: {} were happy", format_happy(felt, language)),
        (_, Language::De) => format!("Deine Woche: {} waren zufrieden", format_happy(felt, language)),
    };
    let n = format_localized(waiting, language);
    match (waiting, language) {
        (0, _) => week,
        (1, Language::En) => format!("{week}, one still waits"),
        (1, Language::De) => format!("{week}, jemand wartet noch"),
        (_, Language::En) => format!("{week}, {n} still wait"),
        (_, Language::De) => format!("{week}, {n} warten noch"),
    }
}

fn sentence(felt: Csat, recovery: &Recovery, waiting: u64, language: Language) -> String {
    let (happy, all) = (format_localized(felt.happy, language), format_localized(felt.all, language));
    let felt = match (felt.all, language) {
        (0, Language::En) => "Nobody answered.".to_owned(),
        (0, Language::De) => "Niemand hat geantwortet.".to_owned(),
        (1, Language::En) if felt.happy == 1 => "One person answered, and was happy.".to_owned(),
        (1, Language::De) if felt.happy == 1 => "Eine Person hat geantwortet und war zufrieden.".to_owned(),
        (1, Language::En) => "One person answered, and was not happy.".to_owned(),
        (1, Language::De) => "Eine Person hat geantwortet und war nicht zufrieden.".to_owned(),
        (_, Language::En) => format!("{happy} of {all} people were happy."),
        (_, Language::De) => format!("{happy} von {all} Menschen waren zufrieden."),
    };
    let (complained, won) = (recovery.complaints(), recovery.recovered());
    let (text, won) = (format_localized(complained, language), format_localized(won, language));
    let won = match (complained, language) {
        (0, Language::En) => "Nobody complained.".to_owned(),
        (0, Language::De) => "Niemand hat sich beschwert.".to_owned(),
        (1, Language::En) if recovery.recovered() == 1 => "Who complained is okay again.".to_owned(),
        (1, Language::De) if recovery.recovered() == 1 => {
            "Bei der einen, die sich beschwert hat, ist es wieder gut.".to_owned()
        }
        (1, Language::En) => "One complained, and is not okay again yet.".to_owned(),
        (1, Language::De) => "Eine hat sich beschwert, und es ist noch nicht wieder gut.".to_owned(),
        (_, Language::En) if recovery.recovered() == 0 => {
            format!("Of {text} who complained, nobody is okay again yet.")
        }
        (_, Language::De) if recovery.recovered() == 0 => {
            format!("Von {text}, die sich beschwert haben, ist es noch bei niemandem wieder gut.")
        }
        (_, Language::En) if recovery.recovered() == 1 => {
            format!("Of {text} who complained, one is okay again.")
        }
        (_, Language::De) if recovery.recovered() == 1 => {
            format!("Von {text}, die sich beschwert haben, ist es bei einer Person wieder gut.")
        }
        (_, Language::En) => format!("Of {text} who complained, {won} are okay again."),
        (_, Language::De) => {
            format!("Von {text}, die sich beschwert haben, ist es bei {won} wieder gut.")
        }
    };
    let pending = match (waiting, language) {
        (0, Language::En) => "Nobody waits for an answer.",
        (0, Language::De) => "Niemand wartet auf eine Antwort.",
        _ => "",
    };
    format!("{felt} {won} {pending}").trim().to_owned()
}

fn rows(report: &PeriodReport, promise_ms: Option<i64>, language: Language) -> Vec<(String, String)> {
    let (felt, before, recovery) =
        (report.now.happiness(), report.before.happiness(), &report.breakdown.recovery);
    let of = |n: u64, all: u64| {
        let (n, all) = (format_localized(n, language), format_localized(all, language));
        match language {
            Language::En => format!("{n} of {all}"),
            Language::De => format!("{n} von {all}"),
        }
    };
    let (names, after) = match language {
        Language::En => (["Happy", "Answered", "First answer", "Promise kept"], "after"),
        Language::De => (["Zufrieden", "Beantwortet", "Erste Antwort", "Versprechen gehalten"], "nach"),
    };
    let mut rows = Vec::new();
    if felt.all > 0 {
        let mut value = format_happy(felt, language);
        if before.all > 0 {
            let before = format_happy(before, language);
            value.push_str(&match language {
                Language::En => format!(", {before} the week before"),
                Language::De => format!(", {before} in der Woche davor"),
            });
        }
        rows.push((names[0].to_owned(), value));
    }
    if recovery.complaints() > 0 {
        rows.push((names[1].to_owned(), of(recovery.answered, recovery.complaints())));
    }
    if let Some((median_ms, _)) = recovery.first_reply_ms() {
        rows.push((
            names[2].to_owned(),
            format!("{after} {}", dates::format_duration(median_ms as i64, language)),
        ));
    }
    let promises_kept = promise_ms
        .map(|promise_ms| recovery.promises_kept(promise_ms))
        .filter(|promises_kept| promises_kept.all > 0);
    if let Some(promises_kept) = promises_kept {
        rows.push((names[3].to_owned(), of(promises_kept.happy, promises_kept.all)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::conversation::Stage;

    #[test]
    fn none_one_and_many_are_worded_apart() {
        for (complained, okay, en, de) in [
            (0, 0, "Nobody complained.", "Niemand hat sich beschwert."),
            (
                1,
                0,
                "One complained, and is not okay again yet.",
                "Eine hat sich beschwert, und es ist noch nicht",
            ),
            (
                1,
                1,
                "Who complained is okay again.",
                "Bei der einen, die sich beschwert hat, ist es wieder gut.",
            ),
            (
                12,
                0,
                "Of 12 who complained, nobody is okay again yet.",
                "ist es noch bei niemandem wieder gut.",
            ),
            (12, 1, "Of 12 who complained, one is okay again.", "ist es bei einer Person wieder gut."),
            (
                1_200,
                1_100,
                "Of 1,200 who complained, 1,100 are okay again.",
                "Von 1.200, die sich beschwert haben",
            ),
        ] {
            let stages = [(Stage::Recovered, okay), (Stage::Unconfirmed, complained - okay)].into();
            let recovery = Recovery { stages, ..Recovery::default() };
            let felt = Csat { happy: 2_000, all: 4_000 };
            for (language, part, begins) in
                [(Language::En, en, "2,000 of 4,000 people"), (Language::De, de, "2.000 von 4.000 Menschen")]
            {
                let text = sentence(felt, &recovery, 1, language);
                assert!(text.starts_with(begins) && text.contains(part), "{text}");
            }
        }
    }
}
