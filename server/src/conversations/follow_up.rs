//! Looks at a conversation because it is time: notes what can be searched in it, and does what is due.

use crate::conversations::execute::ConversationEditor;
use crate::db::conversations;
use crate::db::messages;
use crate::db::{DbError, full_text_search, responses, users};
use crate::domain::follow_up_schedule::{FollowUp, next_follow_up};
use crate::domain::mail::MailKind;
use crate::domain::message::{Message, MessageKind, Sender};
use crate::domain::reply_policy::ReplyPolicy;
use shared::conversation::{Move, Stage};

/// Does what is due, and sets the alarm anew.
pub(crate) async fn run(hand: &mut ConversationEditor<'_>, rules: &ReplyPolicy) -> Result<(), DbError> {
    note_words(hand).await?;
    if let (Some(answered_at_ms), None) = (hand.it.answered_at_ms, hand.it.answered_open_ms) {
        let open_ms = rules.hours.open_between(hand.it.opened_at_ms, answered_at_ms, &rules.days);
        hand.it.answered_open_ms = Some(open_ms);
    }
    let due = next_follow_up(&hand.it, rules, hand.now_ms);
    for errand in due.now {
        match errand {
            FollowUp::Tell => {
                let kind = match hand.it.stage {
                    Stage::Reopened => MailKind::NotYet,
                    Stage::Received => MailKind::Complaint,
                    Stage::InHand
                    | Stage::PutRight
                    | Stage::Recovered
                    | Stage::Unconfirmed
                    | Stage::SetAside => MailKind::Wrote,
                };
                notify_shop(hand, kind, false).await?;
                hand.it.shop_notified_at_ms = Some(hand.now_ms);
            }
            FollowUp::Remind => {
                notify_shop(hand, MailKind::Reminder, true).await?;
                hand.it.reminders = 1;
            }
            FollowUp::Overdue => {
                notify_shop(hand, MailKind::Overdue, false).await?;
                hand.it.reminders = 2;
            }
            FollowUp::Ask => ask(hand).await?,
            FollowUp::RunOut => {
                // Due only where it was put right, which is where this move is made.
                if hand.make(Move::RunOut).is_ok() {
                    add_line(hand, MessageKind::RunOut).await?;
                }
            }
        }
    }
    hand.it.next_check_at_ms = due.next_at_ms;
    conversations::save(hand.tx, &hand.it).await
}

/// Notes by which words it can be found.
async fn note_words(hand: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let (shop, id) = (hand.it.shop.clone(), hand.it.id.clone());
    let told = responses::searchable_texts(hand.tx, &shop, &id).await?;
    let said = messages::all_within(hand.tx, &shop, &id).await?;
    let texts = told.iter().map(String::as_str).chain(said.iter().map(|m| m.words.as_str()));
    let found_by = full_text_search::tokenize(texts);
    full_text_search::index(hand.tx, &shop, &id, &found_by).await
}

/// E-mail to the people of the shop: to whoever has it if there is somebody and `only_them` is enough, else to all who want
/// to be told.
async fn notify_shop(
    hand: &mut ConversationEditor<'_>,
    kind: MailKind,
    only_them: bool,
) -> Result<(), DbError> {
    let mut people = users::told_of_complaints(hand.tx, &hand.it.shop).await?;
    if only_them && people.iter().any(|(id, _)| *id == hand.it.person) {
        people.retain(|(id, _)| *id == hand.it.person);
    }
    // Whoever has it comes first.
    people.sort_by_key(|(id, _)| *id != hand.it.person);
    for (id, address) in people {
        hand.write(kind, "", &id, &address).await?;
    }
    Ok(())
}

async fn ask(hand: &mut ConversationEditor<'_>) -> Result<(), DbError> {
    let line = add_line(hand, MessageKind::Asked).await?;
    hand.it.asked_at_ms = Some(hand.now_ms);
    hand.write_to_visitor(MailKind::Ask, &line).await
}

async fn add_line(
    hand: &mut ConversationEditor<'_>,
    kind: MessageKind,
) -> Result<shared::ids::MessageId, DbError> {
    let id = hand.chance.message_id(hand.now_ms);
    let line = Message {
        id: id.clone(),
        kind,
        sender: Sender::House,
        person: String::new(),
        name: String::new(),
        words: String::new(),
        detail: String::new(),
        sent_at_ms: hand.now_ms,
        seen_at_ms: None,
    };
    messages::add(hand.tx, &hand.it.shop, &hand.it.id, &line).await?;
    hand.it.changed_at_ms = hand.now_ms;
    Ok(id)
}
