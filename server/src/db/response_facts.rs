use crate::db::{DbError, Tx, conversations};
use crate::domain::counters::{ConversationFacts, ResponseFacts};
use crate::within;
use shared::ids::{ResponseId, ShopKey};

const FIND_FACTS: &str = "select day, rating, hour, moment, tracked_page, tracked_product, device, language, comment \
    <> '' from response where shop = $1 and id = $2";
const LIST_REASONS: &str = "select reason from response_reason where shop = $1 and response = $2";

/// The facts of a response and its conversation; `None` if it does not exist.
pub async fn load(
    tx: &mut Tx,
    shop: &ShopKey,
    id: &ResponseId,
) -> Result<Option<ResponseFacts<'static>>, DbError> {
    type FactsRow = (i32, i32, i32, String, String, String, String, String, bool);
    let row: Option<FactsRow> = within!(tx, |c| sqlx::query_as(FIND_FACTS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut **c)
        .await)?;
    let Some((day, rating, hour, moment, page, product, device, language, has_words)) = row else {
        return Ok(None);
    };
    let reasons: Vec<String> = within!(tx, |c| sqlx::query_scalar(LIST_REASONS)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_all(&mut **c)
        .await)?;
    let conversation = conversations::find(tx, shop, id).await?;
    Ok(Some(ResponseFacts {
        day,
        rating: u8::try_from(rating).unwrap_or_default(),
        hour,
        moment: moment.into(),
        page: page.into(),
        product: product.into(),
        device: device.into(),
        language: language.into(),
        has_words,
        reasons: reasons.into_iter().map(Into::into).collect(),
        conversation: conversation.as_ref().map(ConversationFacts::from_conversation),
    }))
}

const FIND_DAY_AND_RATING: &str = "select day, rating from response where shop = $1 and id = $2";

pub async fn day_and_rating(tx: &mut Tx, shop: &ShopKey, id: &ResponseId) -> Result<(i32, u8), DbError> {
    let (day, rating): (i32, i32) = within!(tx, |c| sqlx::query_as(FIND_DAY_AND_RATING)
        .bind(shop.as_str())
        .bind(id.as_str())
        .fetch_one(&mut **c)
        .await)?;
    Ok((day, u8::try_from(rating).unwrap_or_default()))
}
