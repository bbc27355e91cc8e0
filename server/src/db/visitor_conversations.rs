//! Conversations as their visitor sees them. Internal notes are never read here.

use crate::db::{Db, DbError};
use crate::on;
use shared::conversation::Stage;
use shared::ids::{ResponseId, ShopKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorConversationRow {
    pub stage: Stage,
    pub changed_at_ms: i64,
    pub unread: u32,
    pub person: String,
    pub comment: String,
}

/// Requires the visitor's secret too: that of the response, or of a device.
macro_rules! opened {
    ($select:literal) => {
        concat!(
            $select,
            " from conversation c join response r on r.shop = c.shop and r.id = c.response where c.shop = $1 and \
             c.response = $2 and (r.secret_hash = $3 or exists (select 1 from visitor_key k where k.shop = $1 \
             and k.key_hash = $3 and k.response = $2 and k.kind = 'device' and k.expires_at_ms > $4))"
        )
    };
}

const FIND: &str = opened!(
    "select c.stage, c.changed_at_ms, (select cast(count(*) as bigint) from message m where m.shop = $1 \
     and m.response = $2 and m.sender <> 'visitor' and not m.is_internal and m.seen_at_ms is null), \
     coalesce((select m.name from message m where m.shop = $1 and m.response = $2 and m.sender = 'person' \
     and not m.is_internal order by m.sent_at_ms desc, m.message desc limit 1), ''), r.comment"
);

pub async fn find(
    db: &Db,
    shop: &ShopKey,
    id: &ResponseId,
    secret_hash: &str,
    now_ms: i64,
) -> Result<Option<VisitorConversationRow>, DbError> {
    let row: Option<(String, i64, i64, String, String)> = on!(db, |pool| sqlx::query_as(FIND)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(secret_hash)
        .bind(now_ms)
        .fetch_optional(pool)
        .await)?;
    row.map(|(stage, changed_at_ms, unread, person, comment)| {
        Ok(VisitorConversationRow {
            stage: stage_named(&stage)?,
            changed_at_ms,
            unread: u32::try_from(unread).unwrap_or(u32::MAX),
            person,
            comment,
        })
    })
    .transpose()
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedConversation {
    pub stage: Stage,
    pub opened_at_ms: i64,
    pub read_at_ms: Option<i64>,
    pub was_put_right: bool,
    pub comment: String,
    pub has_email: bool,
}

const OPEN: &str = opened!(
    "select c.stage, c.opened_at_ms, c.read_at_ms, c.put_right_at_ms is not null, r.comment, r.email <> ''"
);

pub async fn open(
    db: &Db,
    shop: &ShopKey,
    id: &ResponseId,
    secret_hash: &str,
    now_ms: i64,
) -> Result<Option<OpenedConversation>, DbError> {
    let row: Option<(String, i64, Option<i64>, bool, String, bool)> = on!(db, |pool| sqlx::query_as(OPEN)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(secret_hash)
        .bind(now_ms)
        .fetch_optional(pool)
        .await)?;
    row.map(|(stage, opened_at_ms, read_at_ms, was_put_right, comment, has_email)| {
        Ok(OpenedConversation {
            stage: stage_named(&stage)?,
            opened_at_ms,
            read_at_ms,
            was_put_right,
            comment,
            has_email,
        })
    })
    .transpose()
}

fn stage_named(name: &str) -> Result<Stage, DbError> {
    Stage::named(name).ok_or_else(|| DbError::Decode("there is no stage of this name".into()))
}

const FIND_SENT_AT: &str = "select sent_at_ms from message where shop = $1 and response = $2 and sender = 'visitor' \
    and sent_at_ms > $3 order by sent_at_ms desc limit 1 offset $4";

/// When the visitor sent the message before the last `skip` ones, counting those after `since_ms`; `None` if there
/// are not as many.
pub async fn find_sent_at_ms(
    db: &Db,
    shop: &ShopKey,
    id: &ResponseId,
    since_ms: i64,
    skip: i64,
) -> Result<Option<i64>, DbError> {
    on!(db, |pool| sqlx::query_scalar(FIND_SENT_AT)
        .bind(shop.as_str())
        .bind(id.as_str())
        .bind(since_ms)
        .bind(skip)
        .fetch_optional(pool)
        .await)
}
