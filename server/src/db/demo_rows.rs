//! Inserts a generated history for the demo, many rows of several tables at once. Responses of visitors are added by
//! `response_batch.rs`.

use crate::db::bulk_json;
use crate::db::bulk_json::{BulkJson, many};
use crate::db::counters;
use crate::db::counters::CounterChanges;
use crate::db::response_batch;
use crate::db::{Db, DbError, Tx, full_text_search};
use crate::domain::counters::{ConversationFacts as CountedTalk, ResponseFacts};
use crate::domain::demo_history::DemoConversation;
use crate::domain::demo_history::DemoResponse;
use crate::within;
use serde::ser::SerializeTuple as _;
use serde::{Serialize, Serializer};
use shared::conversation::{AsideReason, Remedy};

const RESPONSES: BulkJson = many!(
    "insert into response (shop, id, receipt, secret_hash, first_body_hash, moment, scale, rating, comment, \
     email, wants_reply, order_number, page_path, page_title, language, device, day, hour, product, \
     tracked_page, tracked_product, created_at_ms, changed_at_ms) select value ->> 0, value ->> 1, value ->> 2, \
     value ->> 3, value ->> 4, value ->> 5, value ->> 6, cast(value ->> 7 as integer), value ->> 8, value ->> 9, \
     cast(value ->> 10 as boolean), value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15, \
     cast(value ->> 16 as integer), cast(value ->> 17 as integer), value ->> 18, value ->> 19, value ->> 20, \
     cast(value ->> 21 as bigint), cast(value ->> 21 as bigint)",
    ""
);

const CONVERSATIONS: BulkJson = many!(
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

const MESSAGES: BulkJson = many!(
    "insert into message (shop, response, message, kind, sender, person, name, words, detail, is_internal, \
     sent_at_ms, seen_at_ms) select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
     value ->> 5, value ->> 6, value ->> 7, value ->> 8, cast(value ->> 9 as boolean), \
     cast(value ->> 10 as bigint), cast(value ->> 11 as bigint)",
    ""
);

const WORDS_IN_SQLITE: &str = "insert into conversation_words (rowid, words) \
    select cast(value ->> 2 as bigint), value ->> 3 from jsonb_each($1)";
const WORDS_IN_POSTGRES: &str = "insert into conversation_words (shop, response, words) \
    select value ->> 0, value ->> 1, array_to_tsvector(string_to_array(value ->> 3, ' ')) \
    from jsonb_array_elements($1::jsonb)";

/// Serialized before the transaction begins, so that the database does not wait for it.
pub struct DemoBatch {
    responses: String,
    reasons: String,
    talks: String,
    messages: String,
    found_by: String,
    counts: CounterChanges<'static>,
    pub conversations: u64,
}

impl DemoBatch {
    pub fn from_responses(told: &[DemoResponse], db: &Db) -> Result<Self, DbError> {
        let picked = told.iter().map(|t| &t.response);
        let picked = picked.flat_map(|r| response_batch::in_order(&r.shop, &r.id, &r.reasons));
        let talks = || told.iter().filter_map(|t| Some((t, t.talk.as_ref()?)));
        let said = talks().flat_map(|(_, talk)| talk.said.iter().map(move |message| (talk, message)));
        let said = said.map(|(talk, m)| {
            let of = (talk.it.shop.as_str(), talk.it.id.as_str(), m.id.as_str());
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
        let found_by = talks().map(|(told, talk)| {
            let r = &told.response;
            let texts = [r.comment.as_str(), &r.email, &r.order, &r.receipt];
            let texts = texts.into_iter().chain(talk.said.iter().map(|m| m.words.as_str()));
            let mut found_by = full_text_search::tokenize(texts);
            if let Db::Sqlite(_) = db {
                found_by = [&full_text_search::shop_token(r.shop.as_str()), " ", &found_by].concat();
            }
            (r.shop.as_str(), r.id.as_str(), talk.it.search_rowid, found_by)
        });
        let mut counts = CounterChanges::new();
        for DemoResponse { response, talk, .. } in told {
            let talk = talk.as_ref().map(|talk| CountedTalk::from_conversation(&talk.it));
            counts.add(response.shop.as_str().into(), &ResponseFacts { talk, ..response.facts() }, 1);
        }
        Ok(Self {
            responses: bulk_json::list(told.iter().map(DemoResponseRow))?,
            reasons: bulk_json::list(picked)?,
            talks: bulk_json::list(talks().map(|(_, talk)| DemoConversationRow(talk)))?,
            messages: bulk_json::list(said)?,
            found_by: bulk_json::list(found_by)?,
            counts: counts.into_owned(),
            conversations: talks().count() as u64,
        })
    }
}

pub async fn insert(tx: &mut Tx, part: DemoBatch) -> Result<(), DbError> {
    let find = match tx {
        Tx::Sqlite(_) => WORDS_IN_SQLITE,
        Tx::Postgres(_) => WORDS_IN_POSTGRES,
    };
    run(tx, RESPONSES.text(tx), part.responses).await?;
    run(tx, response_batch::ADD_REASONS.text(tx), part.reasons).await?;
    run(tx, CONVERSATIONS.text(tx), part.talks).await?;
    run(tx, MESSAGES.text(tx), part.messages).await?;
    run(tx, find, part.found_by).await?;
    counters::change(tx, &part.counts).await
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
        let it = &self.0.it;
        let mut row = to.serialize_tuple(22)?;
        for text in [it.shop.as_str(), it.id.as_str(), it.stage.as_str(), it.moment.as_str()] {
            row.serialize_element(text)?;
        }
        row.serialize_element(&it.opened_at_ms)?;
        row.serialize_element(&it.changed_at_ms)?;
        row.serialize_element(&it.waits_since_at_ms)?;
        row.serialize_element(&it.next_check_at_ms)?;
        row.serialize_element(&it.shop_notified_at_ms)?;
        row.serialize_element(&it.reminders)?;
        row.serialize_element(&it.person)?;
        for at_ms in [it.read_at_ms, it.answered_at_ms, it.answered_open_ms, it.put_right_at_ms] {
            row.serialize_element(&at_ms)?;
        }
        row.serialize_element(it.remedy.map_or("", Remedy::as_str))?;
        row.serialize_element(&it.cause)?;
        for at_ms in [it.ask_at_ms, it.asked_at_ms, it.decided_at_ms] {
            row.serialize_element(&at_ms)?;
        }
        row.serialize_element(it.aside.map_or("", AsideReason::as_str))?;
        row.serialize_element(&it.search_rowid)?;
        row.end()
    }
}
