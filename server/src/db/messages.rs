use crate::db::{Db, DbError, Tx};
use crate::domain::message::Message;
use crate::domain::message::MessageKind;
use crate::domain::message::Sender;
use crate::{on, within};
use shared::ids::{MessageId, ResponseId, ShopKey};

const ADD: &str = "insert into message (shop, response, message, kind, sender, person, name, words, detail, is_internal, \
    sent_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (shop, response, message) do nothing";

/// `false` if there is a message with this id already.
pub async fn insert(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    it: &Message,
) -> Result<bool, DbError> {
    let added = within!(tx, |c| sqlx::query(ADD)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(it.id.as_str())
        .bind(it.kind.as_str())
        .bind(it.sender.as_str())
        .bind(&it.person)
        .bind(&it.name)
        .bind(&it.words)
        .bind(&it.detail)
        .bind(it.kind.is_internal())
        .bind(it.sent_at_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

type MessageRow = (String, String, String, String, String, String, String, i64, Option<i64>);

fn message(row: MessageRow) -> Result<Message, DbError> {
    let (id, kind, sender, person, name, words, detail, sent_at_ms, seen_at_ms) = row;
    let known = MessageKind::named(&kind);
    Ok(Message {
        id: MessageId::parse("message", &id).map_err(|e| DbError::Decode(Box::new(e)))?,
        kind: known.ok_or_else(|| DbError::Decode("there is no kind of message of this name".into()))?,
        sender: Sender::named(&sender).unwrap_or(Sender::System),
        person,
        name,
        words,
        detail,
        sent_at_ms,
        seen_at_ms,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select message, kind, sender, person, name, words, detail, sent_at_ms, seen_at_ms from message \
             where shop = $1 and response = $2 ",
            $rest
        )
    };
}

const ALL: &str = select!("order by sent_at_ms, message");
const FOR_THE_VISITOR: &str = select!("and not is_internal order by sent_at_ms, message");

/// All messages and events, oldest first, for members of the shop.
pub async fn list(db: &Db, shop: &ShopKey, response: &ResponseId) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = on!(db, |pool| sqlx::query_as(ALL)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(pool)
        .await)?;
    rows.into_iter().map(message).collect()
}

pub async fn all_within(tx: &mut Tx, shop: &ShopKey, response: &ResponseId) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = within!(tx, |c| sqlx::query_as(ALL)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(&mut **c)
        .await)?;
    rows.into_iter().map(message).collect()
}

/// Without internal messages and notes.
pub async fn for_the_visitor(
    db: &Db,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = on!(db, |pool| sqlx::query_as(FOR_THE_VISITOR)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(pool)
        .await)?;
    rows.into_iter().map(message).collect()
}

macro_rules! said_in {
    ($list:literal) => {
        concat!(
            "select response, sent_at_ms, sender, name, words from message where shop = $1 and kind = 'words' \
             and not is_internal and response in (",
            $list,
            ") order by response, sent_at_ms, message"
        )
    };
}

const SAID_IN_SQLITE: &str = said_in!("select value from json_each($2)");
const SAID_IN_POSTGRES: &str = said_in!("select jsonb_array_elements_text($2::jsonb)");

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MessageExcerpt {
    pub response: String,
    pub sent_at_ms: i64,
    pub sender: String,
    pub name: String,
    pub words: String,
}

/// Without internal notes; the messages of one conversation in order.
pub async fn excerpts(db: &Db, shop: &ShopKey, responses: &[&str]) -> Result<Vec<MessageExcerpt>, DbError> {
    let text = match db {
        Db::Sqlite(_) => SAID_IN_SQLITE,
        Db::Postgres(_) => SAID_IN_POSTGRES,
    };
    let list = crate::db::bulk_json::list(responses)?;
    on!(db, |pool| sqlx::query_as(text).bind(shop.as_str()).bind(&list).fetch_all(pool).await)
}

const ONE: &str = select!("and message = $3");

pub async fn find(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    id: &MessageId,
) -> Result<Option<Message>, DbError> {
    let row: Option<MessageRow> = within!(tx, |c| sqlx::query_as(ONE)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    row.map(message).transpose()
}

const COUNT: &str = "select cast(count(*) as bigint) from message where shop = $1 and response = $2";

pub async fn count(tx: &mut Tx, shop: &ShopKey, response: &ResponseId) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_one(&mut **c)
        .await)
}

const SAID_SINCE: &str = "select cast(count(*) as bigint) from message where shop = $1 and response = $2 \
    and sender = 'visitor' and sent_at_ms > $3";

pub async fn list_since(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    since_ms: i64,
) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(SAID_SINCE)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(since_ms)
        .fetch_one(&mut **c)
        .await)
}

const LAST_ANSWER: &str = "select message from message where shop = $1 and response = $2 and sender = 'person' \
    and not is_internal order by sent_at_ms desc, message desc limit 1";

pub async fn last_answer(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Option<String>, DbError> {
    within!(tx, |c| sqlx::query_scalar(LAST_ANSWER)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_optional(&mut **c)
        .await)
}

const SEEN_BY_VISITOR: &str = "update message set seen_at_ms = $3 where shop = $1 and response = $2 \
    and seen_at_ms is null and sender <> 'visitor' and not is_internal and sent_at_ms <= $4";
const SEEN_BY_SHOP: &str = "update message set seen_at_ms = $3 where shop = $1 and response = $2 \
    and seen_at_ms is null and sender = 'visitor' and sent_at_ms <= $4";

/// Marks everything sent up to `until_ms`; `true` if any of it was unseen.
pub async fn seen_by_visitor(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    until_ms: i64,
    now_ms: i64,
) -> Result<bool, DbError> {
    seen(tx, SEEN_BY_VISITOR, shop, response, until_ms, now_ms).await
}

/// Marks everything the visitor sent up to `until_ms`; `true` if any of it was unseen.
pub async fn seen_by_shop(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    until_ms: i64,
    now_ms: i64,
) -> Result<bool, DbError> {
    seen(tx, SEEN_BY_SHOP, shop, response, until_ms, now_ms).await
}

async fn seen(
    tx: &mut Tx,
    text: &'static str,
    shop: &ShopKey,
    response: &ResponseId,
    until_ms: i64,
    now_ms: i64,
) -> Result<bool, DbError> {
    let changed = within!(tx, |c| sqlx::query(text)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(now_ms)
        .bind(until_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}
