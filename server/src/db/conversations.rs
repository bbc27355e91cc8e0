use crate::db::complaint::is_complaint;
use crate::db::{Db, DbError, Tx};
use crate::domain::conversation::Conversation;
use crate::domain::conversation::search_rowid;
use crate::{on, within};
use shared::conversation::{AsideReason, Remedy, Stage};
use shared::ids::{ResponseId, ShopKey};
use shared::moment::Moment;

macro_rules! opened {
    ($($from:expr),+) => {
        concat!(
            "insert into conversation (shop, response, stage, moment, opened_at_ms, changed_at_ms, \
             waits_since_at_ms, next_check_at_ms, shop_notified_at_ms, reminders, person, read_at_ms, \
             answered_at_ms, answered_open_ms, put_right_at_ms, remedy, cause, ask_at_ms, asked_at_ms, \
             decided_at_ms, aside, search_rowid) ",
            $($from),+
        )
    };
}
pub(crate) use opened;

/// Shop, response, moment and search row.
pub(crate) type NewConversationRow<'a> = (&'a str, &'a str, &'static str, i64);

/// A completed response may have become a complaint. One that has a conversation already has new words now, so its
/// follow-up is checked again.
const OPEN_IF_COMPLAINT: &str = concat!(
    opened!(
        "select shop, id, 'received', moment, $3, $3, $3, $3, null, 0, '', null, null, null, null, '', '', null, \
         null, null, '', $4 from response where shop = $1 and id = $2 and "
    ),
    is_complaint!(""),
    " on conflict (shop, response) do update set next_check_at_ms = $3"
);

pub async fn open_if_complaint(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
    now_ms: i64,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(OPEN_IF_COMPLAINT)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(now_ms)
        .bind(search_rowid(now_ms, id))
        .execute(&mut **c)
        .await
        .map(drop))
}

#[derive(sqlx::FromRow)]
struct ConversationRow {
    shop: String,
    response: String,
    stage: String,
    moment: String,
    opened_at_ms: i64,
    changed_at_ms: i64,
    waits_since_at_ms: Option<i64>,
    next_check_at_ms: Option<i64>,
    shop_notified_at_ms: Option<i64>,
    reminders: i32,
    person: String,
    read_at_ms: Option<i64>,
    answered_at_ms: Option<i64>,
    answered_open_ms: Option<i64>,
    put_right_at_ms: Option<i64>,
    remedy: String,
    cause: String,
    ask_at_ms: Option<i64>,
    asked_at_ms: Option<i64>,
    decided_at_ms: Option<i64>,
    aside: String,
    search_rowid: i64,
}

fn from_row(row: ConversationRow) -> Result<Conversation, DbError> {
    let unknown = |what: &str| DbError::Decode(format!("there is no {what} of this name").into());
    Ok(Conversation {
        shop: ShopKey::parse(&row.shop).map_err(|e| DbError::Decode(Box::new(e)))?,
        id: ResponseId::parse("response", &row.response).map_err(|e| DbError::Decode(Box::new(e)))?,
        stage: Stage::named(&row.stage).ok_or_else(|| unknown("stage"))?,
        moment: Moment::named(&row.moment).unwrap_or_default(),
        opened_at_ms: row.opened_at_ms,
        changed_at_ms: row.changed_at_ms,
        waits_since_at_ms: row.waits_since_at_ms,
        next_check_at_ms: row.next_check_at_ms,
        shop_notified_at_ms: row.shop_notified_at_ms,
        reminders: row.reminders,
        person: row.person,
        read_at_ms: row.read_at_ms,
        answered_at_ms: row.answered_at_ms,
        answered_open_ms: row.answered_open_ms,
        put_right_at_ms: row.put_right_at_ms,
        remedy: Remedy::named(&row.remedy),
        cause: row.cause,
        ask_at_ms: row.ask_at_ms,
        asked_at_ms: row.asked_at_ms,
        decided_at_ms: row.decided_at_ms,
        aside: AsideReason::named(&row.aside),
        search_rowid: row.search_rowid,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select shop, response, stage, moment, opened_at_ms, changed_at_ms, waits_since_at_ms, \
             next_check_at_ms, shop_notified_at_ms, reminders, person, read_at_ms, answered_at_ms, \
             answered_open_ms, put_right_at_ms, remedy, cause, ask_at_ms, asked_at_ms, decided_at_ms, aside, \
             search_rowid from conversation ",
            $rest
        )
    };
}

const FIND: &str = select!("where shop = $1 and response = $2");
/// Another collector may be changing the same row; SQLite has one writer and needs no lock.
const FIND_AND_LOCK: &str = select!("where shop = $1 and response = $2 for update");

/// Locks the conversation until this transaction ends.
pub async fn find(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<Option<Conversation>, DbError> {
    let text = match tx {
        Tx::Sqlite(_) => FIND,
        Tx::Postgres(_) => FIND_AND_LOCK,
    };
    let row: Option<ConversationRow> = within!(tx, |c| sqlx::query_as(text)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    row.map(from_row).transpose()
}

pub async fn load(db: &Db, shop: &ShopKey, id: &ResponseId) -> Result<Option<Conversation>, DbError> {
    let row: Option<ConversationRow> = on!(db, |pool| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(pool)
        .await)?;
    row.map(from_row).transpose()
}

const UPDATE: &str = "update conversation set stage = $3, changed_at_ms = $4, waits_since_at_ms = $5, \
    next_check_at_ms = $6, shop_notified_at_ms = $7, reminders = $8, person = $9, read_at_ms = $10, \
    answered_at_ms = $11, answered_open_ms = $12, put_right_at_ms = $13, remedy = $14, cause = $15, \
    ask_at_ms = $16, asked_at_ms = $17, decided_at_ms = $18, aside = $19 where shop = $1 and response = $2";

pub async fn save(tx: &mut Tx, conversation: &Conversation) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(UPDATE)
        .bind(conversation.shop.as_str())
        .bind(conversation.id.as_str())
        .bind(conversation.stage.as_str())
        .bind(conversation.changed_at_ms)
        .bind(conversation.waits_since_at_ms)
        .bind(conversation.next_check_at_ms)
        .bind(conversation.shop_notified_at_ms)
        .bind(conversation.reminders)
        .bind(&conversation.person)
        .bind(conversation.read_at_ms)
        .bind(conversation.answered_at_ms)
        .bind(conversation.answered_open_ms)
        .bind(conversation.put_right_at_ms)
        .bind(conversation.remedy.map_or("", Remedy::as_str))
        .bind(&conversation.cause)
        .bind(conversation.ask_at_ms)
        .bind(conversation.asked_at_ms)
        .bind(conversation.decided_at_ms)
        .bind(conversation.aside.map_or("", AsideReason::as_str))
        .execute(&mut **c)
        .await
        .map(drop))
}

const LIST_DUE: &str =
    "select shop, response from conversation where next_check_at_ms <= $1 order by next_check_at_ms limit $2";

pub async fn list_due(db: &Db, now_ms: i64, limit: i64) -> Result<Vec<(ShopKey, ResponseId)>, DbError> {
    let rows: Vec<(String, String)> =
        on!(db, |pool| sqlx::query_as(LIST_DUE).bind(now_ms).bind(limit).fetch_all(pool).await)?;
    parse_keys(rows)
}

pub async fn list_due_within(
    tx: &mut Tx,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<(ShopKey, ResponseId)>, DbError> {
    let rows: Vec<(String, String)> =
        within!(tx, |c| sqlx::query_as(LIST_DUE).bind(now_ms).bind(limit).fetch_all(&mut **c).await)?;
    parse_keys(rows)
}

fn parse_keys(rows: Vec<(String, String)>) -> Result<Vec<(ShopKey, ResponseId)>, DbError> {
    let parsed = |(shop, id): (String, String)| {
        let shop = ShopKey::parse(&shop).map_err(|e| DbError::Decode(Box::new(e)))?;
        let id = ResponseId::parse("response", &id).map_err(|e| DbError::Decode(Box::new(e)))?;
        Ok((shop, id))
    };
    rows.into_iter().map(parsed).collect()
}

const NEXT_CHECK: &str = "select min(next_check_at_ms) from conversation where next_check_at_ms is not null";

pub async fn next_check_at_ms(db: &Db) -> Result<Option<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(NEXT_CHECK).fetch_one(pool).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_conversations_stand_behind_earlier_ones() {
        let id = |n: u128| ResponseId::from_parts(1_700_000_000_000, n);
        let now_ms = 1_795_000_000_000;
        assert!(search_rowid(now_ms, &id(u128::MAX)) < search_rowid(now_ms + 1, &id(0)));
        assert_ne!(search_rowid(now_ms, &id(1)), search_rowid(now_ms, &id(2)));
        assert!(search_rowid(8_000_000_000_000, &id(u128::MAX)) > 0, "as far as anybody plans");
    }
}
