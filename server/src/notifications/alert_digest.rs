//! To a person of a shop: several visitors wait, told of in one mail, since one for each would have been too many.

use crate::db::outbox_claims;
use crate::db::outbox_claims::ClaimedMail;
use crate::notifications::complaint_alert::{PendingComplaint, still_waits};
use crate::notifications::layout::{MailBlock, MailLayout, unlinked};
use crate::notifications::{
    ANSWERED, ComposeError, ComposeResult, Composer, MailContent, NOT_TOLD, find_recipient, our_colours,
    preview, subject,
};
use shared::words::Language;
use std::collections::BTreeSet;

/// The most visitors that one mail looks up.
const LOOKED_UP_MAX: i64 = 500;
/// The most that it tells of one by one.
const TOLD_MAX: usize = 20;

/// What it says.
///
/// # Errors
/// What the database says.
pub(crate) async fn digest(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let Some(person) = find_recipient(composer, &mail.person).await? else {
        return Err(ComposeError::NotNeeded(NOT_TOLD));
    };
    let in_it =
        outbox_claims::list_digest(&composer.state.db, &composer.shop.key, &mail.id, LOOKED_UP_MAX).await?;
    let responses: BTreeSet<String> = in_it.into_iter().map(|(_, response)| response).collect();
    let mut waiting: Vec<PendingComplaint> = Vec::new();
    for response in responses {
        waiting.extend(still_waits(composer, &response).await?);
    }
    if waiting.is_empty() {
        return Err(ComposeError::NotNeeded(ANSWERED));
    }
    let (n, shop, language) = (waiting.len(), &composer.shop.name, Language::of_tag(&person.language));
    let (title, line, button, answer) = match language {
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
    let told = waiting.iter().take(TOLD_MAX).map(|PendingComplaint { response, words, .. }| {
        let words =
            if words.is_empty() { response.receipt.clone() } else { format!("“{}”", unlinked(words)) };
        (words, format!("{answer} ({})", response.receipt), composer.reply_box(&response.id))
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
            MailBlock::List(told.collect()),
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
