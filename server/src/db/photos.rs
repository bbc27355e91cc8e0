use crate::db::{Db, DbError, Tx};
use crate::{on, within};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::ids::ShopKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// `image/png`, `image/jpeg` or `image/webp`, from the first bytes of the file.
    pub media_type: String,
    pub content: Vec<u8>,
}

const INSERT: &str = "insert into shop_photo (shop, photo, media_type, content_base64) values ($1, $2, $3, $4) \
    on conflict (shop, photo) do nothing";

pub async fn insert(tx: &mut Tx, key: &ShopKey, hash: &str, photo: &Photo) -> Result<(), DbError> {
    let content = STANDARD.encode(&photo.content);
    within!(tx, |c| sqlx::query(INSERT)
        .bind(key.as_str())
        .bind(hash)
        .bind(&photo.media_type)
        .bind(&content)
        .execute(&mut **c)
        .await
        .map(drop))
}

const DELETE_OTHERS: &str = "delete from shop_photo where shop = $1 and photo <> $2";

/// `""` deletes all.
pub async fn delete_others(tx: &mut Tx, key: &ShopKey, hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OTHERS)
        .bind(key.as_str())
        .bind(hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const INSERT_OF_MEMBER: &str = "insert into user_photo (user_id, photo, media_type, content_base64) \
    values ($1, $2, $3, $4) on conflict (user_id, photo) do nothing";
const DELETE_OTHERS_OF_MEMBER: &str = "delete from user_photo where user_id = $1 and photo <> $2";

/// Replaces the photo before.
pub async fn replace_of_member(tx: &mut Tx, person: &str, hash: &str, photo: &Photo) -> Result<(), DbError> {
    let content = STANDARD.encode(&photo.content);
    within!(tx, |c| sqlx::query(INSERT_OF_MEMBER)
        .bind(person)
        .bind(hash)
        .bind(&photo.media_type)
        .bind(&content)
        .execute(&mut **c)
        .await
        .map(drop))?;
    delete_others_of_member(tx, person, hash).await
}

/// `""` deletes all.
pub async fn delete_others_of_member(tx: &mut Tx, person: &str, but_hash: &str) -> Result<(), DbError> {
    within!(tx, |c| sqlx::query(DELETE_OTHERS_OF_MEMBER)
        .bind(person)
        .bind(but_hash)
        .execute(&mut **c)
        .await
        .map(drop))
}

const FIND: &str = "select media_type, content_base64 from shop_photo where shop = $1 and photo = $2 \
    union all select p.media_type, p.content_base64 from user_photo p join shop_member s on s.user_id = p.user_id \
    where s.shop = $1 and p.photo = $2 limit 1";

/// The photo of the shop's contact person, or of a member.
pub async fn find(db: &Db, key: &ShopKey, hash: &str) -> Result<Option<Photo>, DbError> {
    let row: Option<(String, String)> =
        on!(db, |pool| sqlx::query_as(FIND).bind(key.as_str()).bind(hash).fetch_optional(pool).await)?;
    row.map(|(media_type, content)| {
        let content = STANDARD.decode(content).map_err(|e| DbError::Decode(Box::new(e)))?;
        Ok(Photo { media_type, content })
    })
    .transpose()
}
