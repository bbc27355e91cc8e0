//! Inserts a generated history for the demo, many rows of several tables at once. Responses of visitors are added by
//! `response_batch.rs`.

use crate::db::bulk_json;
use crate::db::bulk_json::{BulkJson, many};
use crate::db::counters;
use crate::db::counters::CounterChanges;
use crate::db::response_batch;
use crate::db::{Db, DbError, Tx, full_text_search};
use crate::domain::counters::{ConversationFacts, ResponseFacts};
use crate::domain::demo_history::DemoConversation;
use crate::domain::demo_history::DemoResponse;
use crate::within;
use serde::ser::SerializeTuple as _;
use serde::{Serialize, Serializer};
use shared::conversation::{AsideReason, Remedy};

const INSERT_RESPONSES: BulkJson = many!(
    "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, comment, \
     email, wants_reply, order_number, page_path, page_title, language, device, day, hour, product, \
     tracked_page, tracked_product, created_at_ms, changed_at_ms) select value ->> 0, value ->> 1, value ->> 2, \
     value ->> 3, value ->> 4, value ->> 5, value ->> 6, cast(value ->> 7 as integer), value ->> 8, value ->> 9, \
     cast(value ->> 10 as boolean), value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, \
     cast(value ->> 16 as integer), cast(value ->> 17 as integer), value ->> 18, value ->> 19, value ->> 20, \
     cast(value ->> 21 as bigint), cast(value ->> 21 as bigint)",
    ""
);

const INSERT_CONVERSATIONS: BulkJson = many!(
    "insert into conversation (shop, response, stage, moment, opened_at_ms, changed_at_ms, waits_since_at_ms, \
     next_check_at_ms, shop_notified_at_ms, reminders, person, read_at_ms, answered_at_ms, answered_open_ms, \
     put_right_at_ms, remedy, cause, ask_at_ms, asked_at_ms, decided_at_ms, aside, search_rowid) select \
     value ->> 0, value ->> 1, value ->> 2, value ->> 3, cast(value ->> 4 as bigint), \
     cast(value ->> 5 as bigint), cast(value ->> 6 as bigint), cast(value ->> 7 as bigint), \
     cast(value ->> 8 as bigint), cast(value ->> 9 as integer), value ->> 10, cast(value ->> 11 as bigint), \
     cast(value ->> 12 as bigint), cast(value ->> 13 as bigint), cast(value ->> 14 as bigint), value ->> 15, \
     value ->> 16, cast(value ->> 17 as bigint), cast(value ->> 18 as bigint), cast(value ->> 19 as bigint), \
     value ->> 20, cast(value ->> 21 as bigint)",
    ""
);

const INSERT_MESSAGES: BulkJson = many!(
    "insert into message (shop, response, message, kind, sender, person, name, words, detail, is_internal, \
     sent_at_ms, seen_at_ms) select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
     value ->> 5, value ->> 6, value ->> 7, value ->> 8, cast(value ->> 9 as boolean), \
     cast(value ->> 10 as bigint), cast(value ->> 11 as bigint)",
    ""
);

const INSERT_WORDS_IN_SQLITE: &str = "insert into conversation_words (rowid, words) \
    select cast(value ->> 2 as bigint), value ->> 3 from jsonb_each($1)";
const INSERT_WORDS_IN_POSTGRES: &str = "insert into conversation_words (shop, response, words) \
    select value ->> 0, value ->> 1, array_to_tsvector(string_to_array(value ->> 3, ' ')) \
    from jsonb_array_elements($1::jsonb)";

/// Serialized before the transaction begins, so that the database does not wait for it.
pub struct DemoBatch {
    responses: String,
    reasons: String,
    conversation_rows: String,
    messages: String,
    words: String,
    counts: CounterChanges<'static>,
    pub conversations: u64,
}

impl DemoBatch {
    pub fn from_responses(history: &[DemoResponse], db: &Db) -> Result<Self, DbError> {
        let reasons = history.iter().map(|t| &t.response);
        let reasons = reasons.flat_map(|r| response_batch::in_order(&r.shop, &r.id, &r.reasons));
        let conversations = || history.iter().filter_map(|t| Some((t, t.conversation.as_ref()?)));
        let messages = conversations().flat_map(|(_, conversation)| {
            conversation.messages.iter().map(move |message| (conversation, message))
        });
        let messages = messages.map(|(conversation, m)| {
            let of = (
                conversation.conversation.shop.as_str(),
                conversation.conversation.id.as_str(),
                m.id.as_str(),
            );
            let by = (m.kind.as_str(), m.sender.as_str(), m.person.as_str(), m.name.as_str());
            (
                of.0,
                of.1,
                of.2,
                by.0,
                by.1,
                by.2,
                by.3,
                &m.words,
                &m.detail,
                m.kind.is_internal(),
                m.sent_at_ms,
                m.seen_at_ms,
            )
        });
        let words = conversations().map(|(demo, conversation)| {
            let r = &demo.response;
            let texts = [r.comment.as_str(), &r.email, &r.order, &r.receipt];
            let texts = texts.into_iter().chain(conversation.messages.iter().map(|m| m.words.as_str()));
            let mut words = full_text_search::tokenize(texts);
            if let Db::Sqlite(_) = db {
                words = [&full_text_search::shop_token(r.shop.as_str()), " ", &words].concat();
            }
            (r.shop.as_str(), r.id.as_str(), conversation.conversation.search_rowid, words)
        });
        let mut counts = CounterChanges::new();
        for DemoResponse { response, conversation, .. } in history {
            let conversation = conversation
                .as_ref()
                .map(|conversation| ConversationFacts::from_conversation(&conversation.conversation));
            counts.add(response.shop.as_str().into(), &ResponseFacts { conversation, ..response.facts() }, 1);
        }
        Ok(Self {
            responses: bulk_json::list(history.iter().map(DemoResponseRow))?,
            reasons: bulk_json::list(reasons)?,
            conversation_rows: bulk_json::list(
                conversations().map(|(_, conversation)| DemoConversationRow(conversation)),
            )?,
            messages: bulk_json::list(messages)?,
            words: bulk_json::list(words)?,
            counts: counts.into_owned(),
            conversations: conversations().count() as u64,
        })
    }
}

pub async fn insert(tx: &mut Tx, batch: DemoBatch) -> Result<(), DbError> {
    let insert_words = match tx {
        Tx::Sqlite(_) => INSERT_WORDS_IN_SQLITE,
        Tx::Postgres(_) => INSERT_WORDS_IN_POSTGRES,
    };
    run(tx, INSERT_RESPONSES.text(tx), batch.responses).await?;
    run(tx, response_batch::INSERT_REASONS.text(tx), batch.reasons).await?;
    run(tx, INSERT_CONVERSATIONS.text(tx), batch.conversation_rows).await?;
    run(tx, INSERT_MESSAGES.text(tx), batch.messages).await?;
    run(tx, insert_words, batch.words).await?;
    counters::change(tx, &batch.counts).await
}

async fn run(tx: &mut Tx, text: &'static str, rows: String) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(text).bind(rows).execute(&mut **c).await.map(drop))
}

struct DemoResponseRow<'a>(&'a DemoResponse);

impl Serialize for DemoResponseRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut row = to.serialize_tuple(response_batch::COLUMNS + 1)?;
        response_batch::columns(&self.0.response, &mut row)?;
        row.serialize_element(&self.0.created_at_ms)?;
        row.end()
    }
}

struct DemoConversationRow<'a>(&'a DemoConversation);

impl Serialize for DemoConversationRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let conversation = &self.0.conversation;
        let mut row = to.serialize_tuple(22)?;
        for text in [
            conversation.shop.as_str(),
            conversation.id.as_str(),
            conversation.stage.as_str(),
            conversation.moment.as_str(),
        ] {
            row.serialize_element(text)?;
        }
        row.serialize_element(&conversation.opened_at_ms)?;
        row.serialize_element(&conversation.changed_at_ms)?;
        row.serialize_element(&conversation.waits_since_at_ms)?;
        row.serialize_element(&conversation.next_check_at_ms)?;
        row.serialize_element(&conversation.shop_notified_at_ms)?;
        row.serialize_element(&conversation.reminders)?;
        row.serialize_element(&conversation.person)?;
        for at_ms in [
            conversation.read_at_ms,
            conversation.answered_at_ms,
            conversation.answered_open_ms,
            conversation.put_right_at_ms,
        ] {
            row.serialize_element(&at_ms)?;
        }
        row.serialize_element(conversation.remedy.map_or("", Remedy::as_str))?;
        row.serialize_element(&conversation.cause)?;
        for at_ms in [conversation.ask_at_ms, conversation.asked_at_ms, conversation.decided_at_ms] {
            row.serialize_element(&at_ms)?;
        }
        row.serialize_element(conversation.aside.map_or("", AsideReason::as_str))?;
        row.serialize_element(&conversation.search_rowid)?;
        row.end()
    }
}
