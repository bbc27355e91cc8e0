//! Follow-ups of a conversation: indexes its words, does what is due, and schedules the next check.

use crate::conversations::execute::ConversationEditor;
use crate::db::conversations;
use crate::db::messages;
use crate::db::{DbError, full_text_search, responses, users};
use crate::domain::follow_up_schedule::{FollowUp, next_follow_up};
use crate::domain::mail::MailKind;
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::reply_policy::ReplyPolicy;
use shared::conversation::{Stage, Transition};

pub(crate) async fn run(editor: &mut ConversationEditor<'_>, policy: &ReplyPolicy) -> Result<(), DbError> {
    index_words(editor).await?;
    if let (Some(answered_at_ms), None) =
        (editor.conversation.answered_at_ms, editor.conversation.answered_open_ms)
    {
        let open_ms =
            policy.hours.open_between(editor.conversation.opened_at_ms, answered_at_ms, &policy.zone);
        editor.conversation.answered_open_ms = Some(open_ms);
    }
    let due = next_follow_up(&editor.conversation, policy, editor.now_ms);
    for follow_up in due.now {
        match follow_up {
            FollowUp::Notify => {
                let kind = match editor.conversation.stage {
                    Stage::Reopened => MailKind::NotYet,
                    Stage::Received => MailKind::Complaint,
                    Stage::InHand
                    | Stage::PutRight
                    | Stage::Recovered
                    | Stage::Unconfirmed
                    | Stage::SetAside => MailKind::Wrote,
                };
                notify_shop(editor, kind, false).await?;
                editor.conversation.shop_notified_at_ms = Some(editor.now_ms);
            }
            FollowUp::Remind => {
                notify_shop(editor, MailKind::Reminder, true).await?;
                editor.conversation.reminders = 1;
            }
            FollowUp::Overdue => {
                notify_shop(editor, MailKind::Overdue, false).await?;
                editor.conversation.reminders = 2;
            }
            FollowUp::Ask => ask(editor).await?,
            FollowUp::RunOut => {
                // Due only where it was put right, which is where this transition is allowed.
                if editor.transition(Transition::RunOut).is_ok() {
                    add_entry(editor, MessageKind::RunOut).await?;
                }
            }
        }
    }
    editor.conversation.next_check_at_ms = due.next_at_ms;
    conversations::save(editor.tx, &editor.conversation).await
}

async fn index_words(editor: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let (shop, id) = (editor.conversation.shop.clone(), editor.conversation.id.clone());
    let response_texts = responses::searchable_texts(editor.tx, &shop, &id).await?;
    let messages = messages::list_within(editor.tx, &shop, &id).await?;
    let texts = response_texts.iter().map(String::as_str).chain(messages.iter().map(|m| m.words.as_str()));
    let words = full_text_search::tokenize(texts);
    full_text_search::index(editor.tx, &shop, &id, &words).await
}

/// With `only_them`, mails the assigned member, if there is one who wants mail; otherwise all who want it.
async fn notify_shop(
    editor: &mut ConversationEditor<'_>,
    kind: MailKind,
    only_them: bool,
) -> Result<(), DbError> {
    let mut recipients = users::list_alert_recipients(editor.tx, &editor.conversation.shop).await?;
    if only_them && recipients.iter().any(|(id, _)| *id == editor.conversation.person) {
        recipients.retain(|(id, _)| *id == editor.conversation.person);
    }
    // The assigned member first.
    recipients.sort_by_key(|(id, _)| *id != editor.conversation.person);
    for (id, address) in recipients {
        editor.queue_mail(kind, "", &id, &address).await?;
    }
    Ok(())
}

async fn ask(editor: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let entry = add_entry(editor, MessageKind::Asked).await?;
    editor.conversation.asked_at_ms = Some(editor.now_ms);
    editor.queue_visitor_mail(MailKind::Ask, &entry).await
}

async fn add_entry(
    editor: &mut ConversationEditor<'_>,
    kind: MessageKind,
) -> Result<shared::ids::MessageId, DbError> {
    let id = editor.random.message_id(editor.now_ms);
    let entry = Message {
        id: id.clone(),
        kind,
        sender: Sender::System,
        person: String::new(),
        name: String::new(),
        words: String::new(),
        detail: String::new(),
        sent_at_ms: editor.now_ms,
        seen_at_ms: None,
    };
    messages::insert(editor.tx, &editor.conversation.shop, &editor.conversation.id, &entry).await?;
    editor.conversation.changed_at_ms = editor.now_ms;
    Ok(id)
}
