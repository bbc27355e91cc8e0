//! Files that never change under their name.

use crate::assets::{Encoding, media_type};
use crate::db::photos;
use crate::error::AppError;
use crate::state::AppState;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use shared::ids::ShopKey;

/// Source: RFC 8246 for `immutable`.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

fn immutable_response() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, IMMUTABLE))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    response
}

pub async fn asset(
    request: HttpRequest,
    name: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let encoding = Encoding::accepted(&request);
    let content = state.assets.file(&name, encoding).ok_or(AppError::NotFound)?;
    let mut response = immutable_response();
    response.content_type(media_type(&name)).insert_header((header::VARY, "accept-encoding"));
    if let Some(encoding) = encoding.as_str() {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    Ok(response.body(content.into_owned()))
}

/// The photo of a person of the shop.
pub async fn photo(path: Path<(String, String)>, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let key = ShopKey::parse(&path.0).map_err(|_| AppError::NotFound)?;
    let photo = photos::find(&state.db, &key, &path.1).await?.ok_or(AppError::NotFound)?;
    Ok(immutable_response().content_type(photo.media_type).body(photo.content))
}
