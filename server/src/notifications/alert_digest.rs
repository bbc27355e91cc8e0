//! The digest: one alert to a person of a shop about several visitors, sent instead of too many alerts.

use crate::db::outbox_claims;
use crate::db::outbox_claims::ClaimedMail;
use crate::notifications::complaint_alert::{PendingComplaint, find_pending};
use crate::notifications::layout::{MailBlock, MailLayout, unlinked};
use crate::notifications::{
    ANSWERED, ComposeError, ComposeResult, Composer, MailContent, NOT_A_RECIPIENT, find_recipient,
    our_colours, preview, subject,
};
use shared::words::Language;
use std::collections::BTreeSet;

/// The most alerts that a digest replaces; the rest is in the inbox.
const RESPONSES_MAX: i64 = 500;
const LISTED_MAX: usize = 20;

pub(crate) async fn digest(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let Some(person) = find_recipient(composer, &mail.person).await? else {
        return Err(ComposeError::NotNeeded(NOT_A_RECIPIENT));
    };
    let replaced =
        outbox_claims::list_digest(&composer.state.db, &composer.shop.key, &mail.id, RESPONSES_MAX).await?;
    let responses: BTreeSet<String> = replaced.into_iter().map(|(_, response)| response).collect();
    let mut waiting: Vec<PendingComplaint> = Vec::new();
    for response in responses {
        waiting.extend(find_pending(composer, &response).await?);
    }
    if waiting.is_empty() {
        return Err(ComposeError::NotNeeded(ANSWERED));
    }
    let (n, shop, language) = (waiting.len(), &composer.shop.name, Language::of_tag(&person.language));
    let (title, line, button, reply) = match language {
        Language::En => (
            format!("{n} more visitors of {shop} wait"),
            "So many came at once that this is one mail for all of them.",
            "Open the inbox",
            "Answer",
        ),
        Language::De => (
            format!("{n} weitere Besucher von {shop} warten"),
            "Es kamen so viele auf einmal, dass dies eine Mail für alle ist.",
            "Posteingang öffnen",
            "Antworten",
        ),
    };
    let list = waiting.iter().take(LISTED_MAX).map(|PendingComplaint { response, words, .. }| {
        let words =
            if words.is_empty() { response.receipt.clone() } else { format!("“{}”", unlinked(words)) };
        (words, format!("{reply} ({})", response.receipt), composer.reply_box(&response.id))
    });
    let (foot, foot_links) = composer.foot_for_people(language);
    let inbox = composer.url(&format!("/inbox?shop={}", composer.shop.key.as_str()));
    let page = MailLayout {
        language,
        preview: preview(line),
        colours: our_colours(),
        blocks: vec![
            MailBlock::Large(title.clone()),
            MailBlock::Small(line.to_owned()),
            MailBlock::Buttons(vec![(button.to_owned(), inbox)]),
            MailBlock::List(list.collect()),
        ],
        foot,
        foot_links,
    };
    Ok(MailContent {
        from_name: composer.our_name(language),
        subject: subject(&title),
        page,
        picture: None,
        unsubscribe: None,
        is_automatic: true,
        thread: String::new(),
    })
}
