//! Mails to a visitor: a reply, "it is put right", and the question whether it is okay now.

use crate::conversations::command::Actor;
use crate::conversations::execute::new_key;
use crate::db::conversations;
use crate::db::mail_opt_outs;
use crate::db::mail_opt_outs::MailOptOut;
use crate::db::messages;
use crate::db::outbox_claims::ClaimedMail;
use crate::db::response_queries;
use crate::db::response_queries::ResponseListRow;
use crate::domain::contrast::text_color_on;
use crate::domain::conversation::Conversation;
use crate::domain::mail::MailKind;
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::visitor_key::KeyKind;
use crate::error::AppError;
use crate::notifications::dates;
use crate::notifications::layout::{MailBlock, MailLayout, unlinked};
use crate::notifications::{
    ComposeError, ComposeResult, Composer, GONE, LINK_LIFETIME_MS, MailContent, head, preview,
};
use crate::security::secret_hash;
use crate::text::phrases::first_name;
use shared::conversation::{Remedy, Stage};
use shared::ids::ResponseId;
use shared::words::Language;

pub(crate) async fn visitor_reply(composer: &Composer<'_>, mail: &ClaimedMail) -> ComposeResult {
    let (db, shop) = (&composer.state.db, &composer.shop.key);
    let Ok(id) = ResponseId::parse("response", &mail.response) else {
        return Err(ComposeError::NotNeeded(GONE));
    };
    let conversation = conversations::load(db, shop, &id).await?;
    let (Some(conversation), Some(response)) = (conversation, response_queries::find(db, shop, &id).await?)
    else {
        return Err(ComposeError::NotNeeded(GONE));
    };
    match (mail_opt_outs::find(db, shop, &mail.address).await?, mail.kind) {
        (Some(MailOptOut::Anything), _) | (Some(MailOptOut::Questions), MailKind::Ask) => {
            return Err(ComposeError::NotNeeded("They want no such mail."));
        }
        (Some(MailOptOut::Questions) | None, _) => {}
    }
    // The visitor is not asked again after the verdict.
    if mail.kind == MailKind::Ask && conversation.stage != Stage::PutRight {
        return Err(ComposeError::NotNeeded("They have said it meanwhile."));
    }
    let messages = messages::list_for_visitor(db, shop, &id).await?;
    let Some(about) = messages.iter().find(|m| m.id.as_str() == mail.message) else {
        return Err(ComposeError::NotNeeded(GONE));
    };
    let (link, unsubscribe) = (
        new_secret(composer, &id, KeyKind::Link).await?,
        new_secret(composer, &id, KeyKind::Unsubscribe).await?,
    );
    let (Some(link), Some(unsubscribe)) = (link, unsubscribe) else {
        return Err(ComposeError::NotNeeded(GONE));
    };
    let link = |okay: &str| composer.url(&format!("/c/{}{okay}#{link}", shop.as_str()));
    let unsubscribe = composer.url(&format!("/u/{}/{unsubscribe}", shop.as_str()));

    let language = Language::of_tag(&response.language);
    let (owner, name) = sender_of(composer, about, &messages);
    let picture = composer.photo_of(&owner, &name).await?;
    let first = if first_name(&name).is_empty() { composer.shop.name.as_str() } else { first_name(&name) };
    let from_shop = match language {
        Language::En => format!("from {}", composer.shop.name),
        Language::De => format!("von {}", composer.shop.name),
    };
    let mut blocks = vec![head(&name, from_shop, picture.as_ref())];
    let subject = match mail.kind {
        MailKind::Ask => ask_blocks(language, link, &mut blocks),
        MailKind::PutRight => remedy_blocks(about, &messages, &conversation, language, link(""), &mut blocks),
        _ => reply_blocks(about, &conversation, first, language, link(""), &mut blocks),
    };
    blocks.extend(quoted_block(&response, &messages, language));
    let accent = &composer.shop.settings.accent;
    let until = dates::format_deadline(&composer.zone(), composer.now_ms + LINK_LIFETIME_MS, language);
    let (foot, unsubscribe_label) = match language {
        Language::En => (
            format!(
                "The link opens our conversation without an account. It is yours alone, so please don’t pass it on; it works until {until}."
            ),
            "Please don’t write to me any more",
        ),
        Language::De => (
            format!(
                "Der Link öffnet unser Gespräch ohne Konto. Er ist nur für dich, gib ihn also bitte nicht weiter; er gilt bis {until}."
            ),
            "Bitte schreib mir nicht mehr",
        ),
    };
    let first_text = match blocks.get(1) {
        Some(MailBlock::Words(text) | MailBlock::Large(text)) => text.clone(),
        _ => String::new(),
    };
    Ok(MailContent {
        from_name: match language {
            Language::En => format!("{name} at {}", composer.shop.name),
            Language::De => format!("{name} bei {}", composer.shop.name),
        },
        subject: crate::notifications::subject(&format!("{subject} ({})", response.receipt)),
        page: MailLayout {
            language,
            preview: preview(&first_text),
            colours: (accent.as_str().to_owned(), text_color_on(accent).0),
            blocks,
            foot,
            foot_links: vec![(unsubscribe_label.to_owned(), unsubscribe.clone())],
        },
        picture,
        unsubscribe: Some(unsubscribe),
        is_automatic: mail.kind == MailKind::Ask,
        thread: mail.response.clone(),
    })
}

/// A new secret for this mail alone; the database stores its hash. `None` if the conversation is gone.
async fn new_secret(
    composer: &Composer<'_>,
    id: &ResponseId,
    kind: KeyKind,
) -> Result<Option<String>, AppError> {
    let secret = composer.state.random.secret();
    let hash = secret_hash::hash_token(secret.reveal());
    let command = new_key(composer.shop.key.clone(), id.clone(), Actor::System, kind, hash);
    match composer.state.writer.execute(command, composer.now_ms).await {
        Ok(_) => Ok(Some(secret.reveal().to_owned())),
        Err(AppError::NotFound) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Id and name of the sender: who wrote the message, else who wrote last, else the contact person.
fn sender_of(composer: &Composer<'_>, about: &Message, messages: &[Message]) -> (String, String) {
    let people = messages.iter().rev().filter(|m| m.sender == Sender::Person);
    let person = std::iter::once(about).filter(|m| m.sender == Sender::Person).chain(people).next();
    match person {
        // Visitors see first names only.
        Some(message) if !message.name.is_empty() => {
            (message.person.clone(), first_name(&message.name).to_owned())
        }
        _ => (String::new(), composer.shop.settings.person.name.clone()),
    }
}

fn reply_blocks(
    about: &Message,
    conversation: &Conversation,
    name: &str,
    language: Language,
    link: String,
    blocks: &mut Vec<MailBlock>,
) -> String {
    let (button, subject) = match language {
        Language::En => (format!("Answer {name}"), format!("{name} has answered you")),
        Language::De => (format!("{name} antworten"), format!("{name} hat dir geantwortet")),
    };
    blocks.push(MailBlock::Words(about.words.clone()));
    blocks.push(MailBlock::Buttons(vec![(button, link)]));
    blocks.extend(stage_steps(conversation.stage, language));
    subject
}

fn remedy_blocks(
    about: &Message,
    messages: &[Message],
    conversation: &Conversation,
    language: Language,
    link: String,
    blocks: &mut Vec<MailBlock>,
) -> String {
    // Words sent together with a remedy are stored at most a millisecond before it (`conversations/execute.rs`).
    let words = messages.iter().find(|m| {
        m.sender == Sender::Person
            && m.kind == MessageKind::Words
            && (0..=1).contains(&(about.sent_at_ms - m.sent_at_ms))
    });
    let (done, subject, button) = match language {
        Language::En => ("I have put it right.", "It is put right", "See our conversation"),
        Language::De => {
            ("Ich habe es in Ordnung gebracht.", "Es ist in Ordnung gebracht", "Zu unserem Gespräch")
        }
    };
    blocks.push(MailBlock::Words(words.map_or_else(|| done.to_owned(), |m| m.words.clone())));
    let remedy = Remedy::named(&about.detail).and_then(|remedy| remedy_text(remedy, language));
    blocks.extend(remedy.map(|(name, what)| MailBlock::Rows(vec![(name.to_owned(), what.to_owned())])));
    blocks.push(MailBlock::Buttons(vec![(button.to_owned(), link)]));
    blocks.extend(stage_steps(Stage::PutRight, language));
    if conversation.ask_at_ms.is_some() {
        let later = match language {
            Language::En => {
                "In a few days I will ask you once whether it is okay now. If it isn’t, just tell me."
            }
            Language::De => {
                "In ein paar Tagen frage ich dich einmal, ob jetzt alles gut ist. Wenn nicht, sag es einfach."
            }
        };
        blocks.push(MailBlock::Small(later.to_owned()));
    }
    subject.to_owned()
}

fn ask_blocks(language: Language, link: impl Fn(&str) -> String, blocks: &mut Vec<MailBlock>) -> String {
    let (question, yes, no, small) = match language {
        Language::En => (
            "Is it okay now?",
            "Yes, it’s okay now",
            "Not yet",
            "One tap on the page that opens is enough. If it isn’t okay, I would like to know.",
        ),
        Language::De => (
            "Ist jetzt alles gut?",
            "Ja, jetzt ist es gut",
            "Noch nicht",
            "Ein Tippen auf der Seite, die sich öffnet, genügt. Wenn es nicht gut ist, möchte ich es wissen.",
        ),
    };
    blocks.push(MailBlock::Large(question.to_owned()));
    blocks
        .push(MailBlock::Buttons(vec![(yes.to_owned(), link("?okay=1")), (no.to_owned(), link("?okay=0"))]));
    blocks.push(MailBlock::Small(small.to_owned()));
    question.trim_end_matches('?').to_owned()
}

fn remedy_text(remedy: Remedy, language: Language) -> Option<(&'static str, &'static str)> {
    let (en, de) = match remedy {
        Remedy::Refund => ("your money back", "dein Geld zurück"),
        Remedy::Exchange => ("an exchange", "ein Umtausch"),
        Remedy::Replacement => ("a new one", "ein neues Stück"),
        Remedy::Fix => ("repaired", "repariert"),
        Remedy::Explanation => ("an explanation", "eine Erklärung"),
        Remedy::Apology => ("an apology", "eine Entschuldigung"),
        Remedy::Other => return None,
    };
    Some(match language {
        Language::En => ("Done", en),
        Language::De => ("Getan", de),
    })
}

fn stage_steps(stage: Stage, language: Language) -> Option<MailBlock> {
    let here = match stage {
        Stage::Received => 0,
        Stage::InHand | Stage::Reopened => 1,
        Stage::PutRight | Stage::Recovered | Stage::Unconfirmed => 2,
        Stage::SetAside => return None,
    };
    let (before, stage_steps) = match language {
        Language::En => ("Where it stands:", ["received", "being looked at", "put right"]),
        Language::De => ("Wo es steht:", ["angekommen", "in Arbeit", "in Ordnung gebracht"]),
    };
    Some(MailBlock::Steps(before.to_owned(), stage_steps.map(str::to_owned), here))
}

/// The visitor's last words, as a reminder of what the mail is about.
fn quoted_block(response: &ResponseListRow, messages: &[Message], language: Language) -> Option<MailBlock> {
    let last = messages.iter().rev().find(|m| m.sender == Sender::Visitor && m.kind == MessageKind::Words);
    let words = last.map_or(response.comment.as_str(), |m| m.words.as_str());
    let before = match language {
        Language::En => "You wrote:",
        Language::De => "Du hast geschrieben:",
    };
    (!words.is_empty()).then(|| MailBlock::Quoted(before.to_owned(), unlinked(words)))
}
