use crate::db::{Db, DbError, Tx};
use crate::domain::message::Message;
use crate::domain::message::MessageKind;
use crate::domain::message::Sender;
use crate::{on, within};
use shared::ids::{MessageId, ResponseId, ShopKey};

const INSERT_MESSAGE: &str = "insert into message (shop, response, message, kind, sender, person, name, words, detail, is_internal, \
    sent_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (shop, response, message) do nothing";

/// `false` if there is a message with this id already.
pub async fn insert(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    message: &Message,
) -> Result<bool, DbError> {
    let added = within!(tx, |c| sqlx::query(INSERT_MESSAGE)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(message.id.as_str())
        .bind(message.kind.as_str())
        .bind(message.sender.as_str())
        .bind(&message.person)
        .bind(&message.name)
        .bind(&message.words)
        .bind(&message.detail)
        .bind(message.kind.is_internal())
        .bind(message.sent_at_ms)
        .execute(&mut **c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

type MessageRow = (String, String, String, String, String, String, String, i64, Option<i64>);

fn from_row(row: MessageRow) -> Result<Message, DbError> {
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

const LIST: &str = select!("order by sent_at_ms, message");
const LIST_FOR_VISITOR: &str = select!("and not is_internal order by sent_at_ms, message");

/// All messages and events, oldest first, for members of the shop.
pub async fn list(db: &Db, shop: &ShopKey, response: &ResponseId) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = on!(db, |pool| sqlx::query_as(LIST)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(pool)
        .await)?;
    rows.into_iter().map(from_row).collect()
}

pub async fn list_within(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = within!(tx, |c| sqlx::query_as(LIST)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(&mut **c)
        .await)?;
    rows.into_iter().map(from_row).collect()
}

/// Without internal messages and notes.
pub async fn list_for_visitor(
    db: &Db,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Vec<Message>, DbError> {
    let rows: Vec<MessageRow> = on!(db, |pool| sqlx::query_as(LIST_FOR_VISITOR)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_all(pool)
        .await)?;
    rows.into_iter().map(from_row).collect()
}

macro_rules! excerpts_in {
    ($list:literal) => {
        concat!(
            "select response, sent_at_ms, sender, name, words from message where shop = $1 and kind = 'words' \
             and not is_internal and response in (",
            $list,
            ") order by response, sent_at_ms, message"
        )
    };
}

const LIST_EXCERPTS_IN_SQLITE: &str = excerpts_in!("select value from json_each($2)");
const LIST_EXCERPTS_IN_POSTGRES: &str = excerpts_in!("select jsonb_array_elements_text($2::jsonb)");

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
        Db::Sqlite(_) => LIST_EXCERPTS_IN_SQLITE,
        Db::Postgres(_) => LIST_EXCERPTS_IN_POSTGRES,
    };
    let list = crate::db::bulk_json::list(responses)?;
    on!(db, |pool| sqlx::query_as(text).bind(shop.as_str()).bind(&list).fetch_all(pool).await)
}

const FIND: &str = select!("and message = $3");

pub async fn find(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    id: &MessageId,
) -> Result<Option<Message>, DbError> {
    let row: Option<MessageRow> = within!(tx, |c| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    row.map(from_row).transpose()
}

const COUNT: &str = "select cast(count(*) as bigint) from message where shop = $1 and response = $2";

pub async fn count(tx: &mut Tx, shop: &ShopKey, response: &ResponseId) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(COUNT)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_one(&mut **c)
        .await)
}

const COUNT_BY_VISITOR: &str = "select cast(count(*) as bigint) from message where shop = $1 and response = $2 \
    and sender = 'visitor' and sent_at_ms > $3";

pub async fn count_by_visitor_since(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    since_ms: i64,
) -> Result<i64, DbError> {
    within!(tx, |c| sqlx::query_scalar(COUNT_BY_VISITOR)
        .bind(shop.as_str())
        .bind(response.as_str())
        .bind(since_ms)
        .fetch_one(&mut **c)
        .await)
}

const FIND_LATEST_REPLY: &str = "select message from message where shop = $1 and response = $2 and sender = 'person' \
    and not is_internal order by sent_at_ms desc, message desc limit 1";

pub async fn find_latest_reply(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
) -> Result<Option<String>, DbError> {
    within!(tx, |c| sqlx::query_scalar(FIND_LATEST_REPLY)
        .bind(shop.as_str())
        .bind(response.as_str())
        .fetch_optional(&mut **c)
        .await)
}

const MARK_SEEN_BY_VISITOR: &str = "update message set seen_at_ms = $3 where shop = $1 and response = $2 \
    and seen_at_ms is null and sender <> 'visitor' and not is_internal and sent_at_ms <= $4";
const MARK_SEEN_BY_SHOP: &str = "update message set seen_at_ms = $3 where shop = $1 and response = $2 \
    and seen_at_ms is null and sender = 'visitor' and sent_at_ms <= $4";

/// Marks everything sent up to `until_ms`; `true` if any of it was unseen.
pub async fn mark_seen_by_visitor(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    until_ms: i64,
    now_ms: i64,
) -> Result<bool, DbError> {
    mark_seen(tx, MARK_SEEN_BY_VISITOR, shop, response, until_ms, now_ms).await
}

/// Marks everything the visitor sent up to `until_ms`; `true` if any of it was unseen.
pub async fn mark_seen_by_shop(
    tx: &mut Tx,
    shop: &ShopKey,
    response: &ResponseId,
    until_ms: i64,
    now_ms: i64,
) -> Result<bool, DbError> {
    mark_seen(tx, MARK_SEEN_BY_SHOP, shop, response, until_ms, now_ms).await
}

async fn mark_seen(
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
