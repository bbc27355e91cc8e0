//! What a mail has to know about the people of a shop.

use super::photos::Photo;
use super::{Db, DbError, Tx};
use crate::{on, within};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::ids::ShopKey;
use shared::role::Role;
use shared::words::Language;

/// A person of a shop, as far as a mail to them or from them goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonOfShop {
    /// What they are called.
    pub name: String,
    /// What they read.
    pub language: Language,
    /// What they may do.
    pub role: Role,
    /// Whether they want to be told of complaints.
    pub alerts: bool,
    /// The hash of their photo; empty for none.
    pub photo: String,
}

const PERSON: &str = "select o.name, o.language, s.role, s.alerts, o.photo from shop_owner s \
    join owner o on o.owner = s.owner where s.shop = $1 and s.owner = $2";

/// This person, if they are one of the shop's.
///
/// # Errors
/// When the database does not answer.
pub async fn person(db: &Db, shop: &ShopKey, owner: &str) -> Result<Option<PersonOfShop>, DbError> {
    let row: Option<(String, String, String, bool, String)> =
        on!(db, |pool| sqlx::query_as(PERSON).bind(shop.as_str()).bind(owner).fetch_optional(pool).await)?;
    Ok(row.map(|(name, language, role, alerts, photo)| PersonOfShop {
        name,
        language: Language::of_tag(&language),
        // A word that we do not know gives no right that is not known.
        role: Role::named(&role).unwrap_or(Role::Reader),
        alerts,
        photo,
    }))
}

const PICTURE: &str = "select media_type, content_base64 from owner_picture where owner = $1 and photo = $2";

/// The photo of a person.
///
/// # Errors
/// When the database does not answer.
pub async fn picture(db: &Db, owner: &str, hash: &str) -> Result<Option<Photo>, DbError> {
    let row: Option<(String, String)> =
        on!(db, |pool| sqlx::query_as(PICTURE).bind(owner).bind(hash).fetch_optional(pool).await)?;
    row.map(|(media_type, content)| {
        let content = STANDARD.decode(content).map_err(|e| DbError::Decode(Box::new(e)))?;
        Ok(Photo { media_type, content })
    })
    .transpose()
}

/// An invitation, as far as a mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// What they may do once they have joined.
    pub role: Role,
    /// Who invites them: our own name for that person.
    pub by: String,
    /// Until when they may join: Unix milliseconds, UTC.
    pub ends_at_ms: i64,
}

const INVITED: &str = "select role, invited_by, ends_at_ms from invitation where shop = $1 and token_hash = $2 \
    and used_at_ms is null and ends_at_ms > $3";

/// The invitation whose link has this hash, if it still holds.
///
/// # Errors
/// When the database does not answer.
pub async fn invited(
    db: &Db,
    shop: &ShopKey,
    token_hash: &str,
    now_ms: i64,
) -> Result<Option<Invited>, DbError> {
    let row: Option<(String, String, i64)> = on!(db, |pool| sqlx::query_as(INVITED)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(now_ms)
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(|(role, by, ends_at_ms)| Invited {
        role: Role::named(&role).unwrap_or(Role::Reader),
        by,
        ends_at_ms,
    }))
}

const SECOND_LINK: &str = "insert into invitation (shop, token_hash, email, role, invited_by, made_at_ms, ends_at_ms) \
    select shop, $3, email, role, invited_by, made_at_ms, ends_at_ms from invitation where shop = $1 and token_hash = $2";

/// Gives an invitation a second link, for the mail: the first was shown to whoever invited, and what is kept of it is a
/// hash.
///
/// # Errors
/// When the database does not do it.
pub async fn second_link(
    tx: &mut Tx,
    shop: &ShopKey,
    token_hash: &str,
    second_hash: &str,
) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(SECOND_LINK)
        .bind(shop.as_str())
        .bind(token_hash)
        .bind(second_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}
