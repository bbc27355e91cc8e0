//! The alert to the people of a shop: a visitor waits for a reply.

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
    ANSWERED, ComposeError, ComposeResult, Composer, MailContent, NOT_A_RECIPIENT, PICTURE, UNHAPPY_FACE,
    find_recipient, our_colours, preview, subject,
};
use shared::ids::ResponseId;
use shared::words::Language;

pub(crate) struct PendingComplaint {
    pub conversation: Conversation,
    pub response: ResponseListRow,
    /// The last words of the visitor.
    pub words: String,
}

/// The conversation of this response, if its visitor still waits for a reply.
pub(crate) async fn find_pending(
    composer: &Composer<'_>,
    response: &str,
) -> Result<Option<PendingComplaint>, DbError> {
    let (db, shop) = (&composer.state.db, &composer.shop.key);
    let Ok(id) = ResponseId::parse("response", response) else { return Ok(None) };
    let conversation = conversations::load(db, shop, &id)
        .await?
        .filter(|conversation| conversation.waits_since_at_ms.is_some());
    let (Some(conversation), Some(response)) = (conversation, response_queries::find(db, shop, &id).await?)
    else {
        return Ok(None);
    };
    let text = messages::list_for_visitor(db, shop, &id).await?;
    let last = text.into_iter().rev().find(|m| m.sender == Sender::Visitor && m.kind == MessageKind::Words);
    let words = last.map_or_else(|| response.comment.clone(), |m| m.words);
    Ok(Some(PendingComplaint { conversation, response, words }))
}

pub(crate) async fn alert(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let Some(person) = find_recipient(composer, &mail.person).await? else {
        return Err(ComposeError::NotNeeded(NOT_A_RECIPIENT));
    };
    let Some(pending) = find_pending(composer, &mail.response).await? else {
        return Err(ComposeError::NotNeeded(ANSWERED));
    };
    let language = Language::of_tag(&person.language);
    let PendingComplaint { conversation, response, words } = &pending;
    let (lead, line) = lead(mail.kind, language);
    let subject = if words.is_empty() {
        subject(&format!("{lead} ({})", response.receipt))
    } else {
        subject(&format!("{lead}: “{words}”"))
    };
    let promise_open_ms =
        composer.state.promises.open_ms(&composer.state.db, composer.shop, composer.now_ms).await?;
    let policy = ReplyPolicy::from_settings(&composer.shop.settings, promise_open_ms);
    let (strong, more) = deadline(composer, conversation, mail.kind, &policy, language);
    let who = match (response.email.as_str(), language) {
        ("", Language::En) => "Somebody in your shop".to_owned(),
        ("", Language::De) => "Jemand in deinem Shop".to_owned(),
        (email, _) => email.to_owned(),
    };
    let text = match (words.as_str(), language) {
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
            if words.is_empty() { MailBlock::Large(text) } else { MailBlock::Words(text) },
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
        picture: Some(Photo { media_type: "image/png".to_owned(), content: UNHAPPY_FACE.to_vec() }),
        unsubscribe: None,
        is_automatic: true,
        thread: mail.response.clone(),
    })
}

/// The beginning of the subject, and the line below the visitor's address.
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

/// The sentence about the deadline, and the one about an earlier disappointment.
fn deadline(
    composer: &Composer<'_>,
    conversation: &Conversation,
    kind: MailKind,
    policy: &ReplyPolicy,
    language: Language,
) -> (String, String) {
    let due_at_ms = conversation.waits_since_at_ms.and_then(|since_ms| policy.due_at_ms(since_ms, 1.0));
    let strong = match due_at_ms {
        None => String::new(),
        Some(due_ms) => {
            let when = dates::format_instant(&composer.zone(), due_ms, composer.now_ms, language);
            match (due_ms > composer.now_ms, language) {
                (true, Language::En) => format!("An answer is due by {when}."),
                (true, Language::De) => format!("Eine Antwort ist fällig bis {when}."),
                (false, Language::En) => format!("An answer was due by {when}."),
                (false, Language::De) => format!("Eine Antwort war fällig bis {when}."),
            }
        }
    };
    let let_down = conversation.put_right_at_ms.is_some() && conversation.decided_at_ms.is_some();
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
