//! To the people of a shop: a visitor waits.

use crate::db::DbError;
use crate::db::conversations;
use crate::db::messages;
use crate::db::outbox_claims::ClaimedMail;
use crate::db::photos::Photo;
use crate::db::response_queries;
use crate::db::response_queries::ResponseListRow;
use crate::domain::conversation::Conversation;
use crate::domain::mail::MailKind;
use crate::domain::message::{MessageKind, Sender};
use crate::domain::reply_policy::ReplyPolicy;
use crate::notifications::dates;
use crate::notifications::layout::{MailBlock, MailLayout, unlinked};
use crate::notifications::{
    ANSWERED, ComposeError, ComposeResult, Composer, MailContent, NOT_OKAY, NOT_TOLD, PICTURE,
    find_recipient, our_colours, preview, subject,
};
use shared::ids::ResponseId;
use shared::words::Language;

/// A complaint that somebody of the shop has to know of.
pub(crate) struct PendingComplaint {
    pub it: Conversation,
    pub response: ResponseListRow,
    /// What the visitor said last.
    pub words: String,
}

/// The visitor whom this is about, if they still wait for an answer.
pub(crate) async fn still_waits(
    composer: &Composer<'_>,
    response: &str,
) -> Result<Option<PendingComplaint>, DbError> {
    let (db, shop) = (&composer.state.db, &composer.shop.key);
    let Ok(id) = ResponseId::parse("response", response) else { return Ok(None) };
    let it = conversations::load(db, shop, &id).await?.filter(|it| it.waits_since_at_ms.is_some());
    let (Some(it), Some(response)) = (it, response_queries::find(db, shop, &id).await?) else {
        return Ok(None);
    };
    let said = messages::list_for_visitor(db, shop, &id).await?;
    let last = said.into_iter().rev().find(|m| m.sender == Sender::Visitor && m.kind == MessageKind::Words);
    let words = last.map_or_else(|| response.comment.clone(), |m| m.words);
    Ok(Some(PendingComplaint { it, response, words }))
}

/// What it says.
///
/// # Errors
/// What the database says.
pub(crate) async fn alert(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let Some(person) = find_recipient(composer, &mail.person).await? else {
        return Err(ComposeError::NotNeeded(NOT_TOLD));
    };
    let Some(waits) = still_waits(composer, &mail.response).await? else {
        return Err(ComposeError::NotNeeded(ANSWERED));
    };
    let language = Language::of_tag(&person.language);
    let PendingComplaint { it, response, words } = &waits;
    let (lead, line) = lead(mail.kind, language);
    let subject = if words.is_empty() {
        subject(&format!("{lead} ({})", response.receipt))
    } else {
        subject(&format!("{lead}: “{words}”"))
    };
    let promise_open_ms =
        composer.state.promises.open_ms(&composer.state.db, composer.shop, composer.now_ms).await?;
    let rules = ReplyPolicy::from_settings(&composer.shop.settings, promise_open_ms);
    let (strong, more) = clock(composer, it, mail.kind, &rules, language);
    let who = match (response.email.as_str(), language) {
        ("", Language::En) => "Somebody in your shop".to_owned(),
        ("", Language::De) => "Jemand in deinem Shop".to_owned(),
        (email, _) => email.to_owned(),
    };
    let said = match (words.as_str(), language) {
        ("", Language::En) => "They would like an answer, and have left no words.".to_owned(),
        ("", Language::De) => "Sie möchten eine Antwort und haben keine Worte hinterlassen.".to_owned(),
        (words, _) => format!("“{}”", unlinked(words)),
    };
    let button = match language {
        Language::En => "Answer",
        Language::De => "Antworten",
    };
    let (foot, foot_links) = composer.foot_for_people(language);
    let page = MailLayout {
        language,
        preview: preview(&format!("{line} {strong}")),
        colours: our_colours(),
        blocks: vec![
            MailBlock::Head {
                initials: String::new(),
                picture: Some(PICTURE),
                name: who,
                line: line.to_owned(),
            },
            if words.is_empty() { MailBlock::Large(said) } else { MailBlock::Said(said) },
            MailBlock::Note(strong, more),
            MailBlock::Buttons(vec![(button.to_owned(), composer.reply_box(&mail.response))]),
            MailBlock::Rows(rows(response, language)),
        ],
        foot,
        foot_links,
    };
    Ok(MailContent {
        from_name: composer.our_name(language),
        subject,
        page,
        picture: Some(Photo { media_type: "image/png".to_owned(), content: NOT_OKAY.to_vec() }),
        unsubscribe: None,
        is_automatic: true,
        thread: mail.response.clone(),
    })
}

/// The beginning of the subject, and the line under who it is.
fn lead(kind: MailKind, language: Language) -> (&'static str, &'static str) {
    match (kind, language) {
        (MailKind::NotYet, Language::En) => {
            ("Not okay yet", "was asked “is it okay now?” and said “not yet”")
        }
        (MailKind::NotYet, Language::De) => {
            ("Noch nicht gut", "wurde gefragt, ob es jetzt gut ist, und sagt: noch nicht")
        }
        (MailKind::Wrote, Language::En) => ("There is more", "has written to you again"),
        (MailKind::Wrote, Language::De) => ("Noch etwas", "hat dir wieder geschrieben"),
        (MailKind::Reminder, Language::En) => ("Half of the time is over", "still waits for an answer"),
        (MailKind::Reminder, Language::De) => ("Die halbe Zeit ist um", "wartet noch auf eine Antwort"),
        (MailKind::Overdue, Language::En) => ("Still no answer", "has waited for longer than they should"),
        (MailKind::Overdue, Language::De) => ("Noch keine Antwort", "wartet länger, als es sein sollte"),
        (_, Language::En) => ("Not okay", "has just told you that something is not okay"),
        (_, Language::De) => ("Nicht gut", "hat dir gerade gesagt, dass etwas nicht gut ist"),
    }
}

/// By when an answer is due, and what else matters now.
fn clock(
    composer: &Composer<'_>,
    it: &Conversation,
    kind: MailKind,
    rules: &ReplyPolicy,
    language: Language,
) -> (String, String) {
    let due = it.waits_since_at_ms.and_then(|since_ms| rules.due_at_ms(since_ms, 1.0));
    let strong = match due {
        None => String::new(),
        Some(due_ms) => {
            let when = dates::format_instant(&composer.days(), due_ms, composer.now_ms, language);
            match (due_ms > composer.now_ms, language) {
                (true, Language::En) => format!("An answer is due by {when}."),
                (true, Language::De) => format!("Eine Antwort ist fällig bis {when}."),
                (false, Language::En) => format!("An answer was due by {when}."),
                (false, Language::De) => format!("Eine Antwort war fällig bis {when}."),
            }
        }
    };
    let let_down = it.put_right_at_ms.is_some() && it.decided_at_ms.is_some();
    let more = match (kind, let_down, language) {
        (MailKind::NotYet, _, Language::En) | (_, true, Language::En) => {
            "They have been let down once already."
        }
        (MailKind::NotYet, _, Language::De) | (_, true, Language::De) => {
            "Sie wurden schon einmal enttäuscht."
        }
        (_, false, _) => "",
    };
    (strong, more.to_owned())
}

fn rows(response: &ResponseListRow, language: Language) -> Vec<(String, String)> {
    let (order, product, page, receipt) = match language {
        Language::En => ("Order", "Product", "Page", "Receipt"),
        Language::De => ("Bestellung", "Produkt", "Seite", "Quittung"),
    };
    let title = if response.page_title.is_empty() { &response.page_path } else { &response.page_title };
    [
        (order, &response.order_number),
        (product, &response.product),
        (page, title),
        (receipt, &response.receipt),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| (name.to_owned(), unlinked(value)))
    .collect()
}
