//! `GET /a/NAME` and `GET /p/SHOP/PHOTO`: files that never change under their name.

use crate::assets::{Encoding, media_type};
use crate::db::photos;
use crate::error::AppError;
use crate::state::AppState;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use shared::ids::ShopKey;

/// Source: RFC 8246.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

fn for_ever() -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, FOR_EVER))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    answer
}

/// One of the browser's files, by its hashed name.
///
/// # Errors
/// 404 for any other name.
pub async fn asset(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let encoding = Encoding::accepted(&request);
    let content = state.assets.file(&name, encoding).ok_or(AppError::NotFound)?;
    let mut answer = for_ever();
    answer.content_type(media_type(&name)).insert_header((header::VARY, "accept-encoding"));
    if let Some(encoding) = encoding.as_str() {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Ok(answer.body(content.into_owned()))
}

/// The photo of the person who asks.
///
/// # Errors
/// 404 if the shop has no such photo.
pub async fn photo(path: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let key = ShopKey::parse(&path.0).map_err(|_| AppError::NotFound)?;
    let photo = photos::find(&state.db, &key, &path.1).await?.ok_or(AppError::NotFound)?;
    Ok(for_ever().content_type(photo.media_type).body(photo.content))
}
