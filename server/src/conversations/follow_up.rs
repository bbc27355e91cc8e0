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

pub(crate) async fn run(editor: &mut ConversationEditor<'_>, rules: &ReplyPolicy) -> Result<(), DbError> {
    note_words(editor).await?;
    if let (Some(answered_at_ms), None) = (editor.it.answered_at_ms, editor.it.answered_open_ms) {
        let open_ms = rules.hours.open_between(editor.it.opened_at_ms, answered_at_ms, &rules.days);
        editor.it.answered_open_ms = Some(open_ms);
    }
    let due = next_follow_up(&editor.it, rules, editor.now_ms);
    for follow_up in due.now {
        match follow_up {
            FollowUp::Tell => {
                let kind = match editor.it.stage {
                    Stage::Reopened => MailKind::NotYet,
                    Stage::Received => MailKind::Complaint,
                    Stage::InHand
                    | Stage::PutRight
                    | Stage::Recovered
                    | Stage::Unconfirmed
                    | Stage::SetAside => MailKind::Wrote,
                };
                notify_shop(editor, kind, false).await?;
                editor.it.shop_notified_at_ms = Some(editor.now_ms);
            }
            FollowUp::Remind => {
                notify_shop(editor, MailKind::Reminder, true).await?;
                editor.it.reminders = 1;
            }
            FollowUp::Overdue => {
                notify_shop(editor, MailKind::Overdue, false).await?;
                editor.it.reminders = 2;
            }
            FollowUp::Ask => ask(editor).await?,
            FollowUp::RunOut => {
                // Due only where it was put right, which is where this transition is allowed.
                if editor.transition(Transition::RunOut).is_ok() {
                    add_line(editor, MessageKind::RunOut).await?;
                }
            }
        }
    }
    editor.it.next_check_at_ms = due.next_at_ms;
    conversations::save(editor.tx, &editor.it).await
}

async fn note_words(editor: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let (shop, id) = (editor.it.shop.clone(), editor.it.id.clone());
    let told = responses::searchable_texts(editor.tx, &shop, &id).await?;
    let said = messages::all_within(editor.tx, &shop, &id).await?;
    let texts = told.iter().map(String::as_str).chain(said.iter().map(|m| m.words.as_str()));
    let found_by = full_text_search::tokenize(texts);
    full_text_search::index(editor.tx, &shop, &id, &found_by).await
}

/// With `only_them`, mails the assigned member, if there is one who wants mail; otherwise all who want it.
async fn notify_shop(
    editor: &mut ConversationEditor<'_>,
    kind: MailKind,
    only_them: bool,
) -> Result<(), DbError> {
    let mut people = users::list_alert_recipients(editor.tx, &editor.it.shop).await?;
    if only_them && people.iter().any(|(id, _)| *id == editor.it.person) {
        people.retain(|(id, _)| *id == editor.it.person);
    }
    // The assigned member first.
    people.sort_by_key(|(id, _)| *id != editor.it.person);
    for (id, address) in people {
        editor.write(kind, "", &id, &address).await?;
    }
    Ok(())
}

async fn ask(editor: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let line = add_line(editor, MessageKind::Asked).await?;
    editor.it.asked_at_ms = Some(editor.now_ms);
    editor.write_to_visitor(MailKind::Ask, &line).await
}

async fn add_line(
    editor: &mut ConversationEditor<'_>,
    kind: MessageKind,
) -> Result<shared::ids::MessageId, DbError> {
    let id = editor.random.message_id(editor.now_ms);
    let line = Message {
        id: id.clone(),
        kind,
        sender: Sender::House,
        person: String::new(),
        name: String::new(),
        words: String::new(),
        detail: String::new(),
        sent_at_ms: editor.now_ms,
        seen_at_ms: None,
    };
    messages::insert(editor.tx, &editor.it.shop, &editor.it.id, &line).await?;
    editor.it.changed_at_ms = editor.now_ms;
    Ok(id)
}
