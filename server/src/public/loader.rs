//! `GET /s/KEY.js`: the loader with a shop's public settings in it.

use crate::assets::Encoding;
use crate::caches::ttl_map::TtlMap;
use crate::db::shops;
use crate::db::shops::{Shop, ShopOrigin};
use crate::domain::allowed_origin::OriginRule;
use crate::domain::path_pattern::PathPattern;
use crate::domain::shop_settings::{ShopSettings, Theme};
use crate::error::AppError;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::web::compression;
use crate::web::compression::CompressionPolicy;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use shared::ids::ShopKey;
use shared::wire::LoaderSetup;
use shared::words::{Language, Word, fill};
use std::sync::LazyLock;

/// A change of the settings reaches the shop's pages after a minute.
const CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

pub async fn get(
    request: HttpRequest,
    file: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let key = file.strip_suffix(".js").ok_or(AppError::NotFound)?;
    let key = ShopKey::parse(key).map_err(|_| AppError::NotFound)?;
    let shop = shops::find(&state.db, &key).await?.ok_or(AppError::NotFound)?;
    let origins = shops::list_origins(&state.db, &key).await?;
    let referer = request.headers().get(header::REFERER).and_then(|v| v.to_str().ok());
    if let Some(origin) = referer.and_then(crate::public::tag_sightings::origin_of) {
        crate::public::tag_sightings::record(&state, &key, &origins, &origin);
    }
    let setup = setup(&state, &shop, &shop.settings, &origins, None);
    respond(&request, &state, &setup, CACHE_CONTROL)
}

pub fn setup(
    state: &AppState,
    shop: &Shop,
    settings: &ShopSettings,
    origins: &[ShopOrigin],
    preview: Option<String>,
) -> LoaderSetup {
    let moments = &settings.moments;
    let label = |language: Language| {
        let label = fill(Word::Launcher.say(language), "person", &settings.person.name);
        (language.as_str().to_owned(), label)
    };
    let after = moments.after_checkout.on.then_some(&moments.after_checkout);
    LoaderSetup {
        key: shop.key.as_str().to_owned(),
        base: state.public_url.clone(),
        origins: OriginRule::regex(origins.iter().map(|p| &p.origin)),
        accent: settings.accent.as_str().to_owned(),
        theme: (settings.theme != Theme::Auto).then(|| settings.theme.as_str().to_owned()),
        corner: settings.corner.as_str().to_owned(),
        launcher: moments.any_time,
        labels: Language::ALL.into_iter().map(label).collect(),
        mid: moments.mid_journey.on.then_some([moments.mid_journey.pages, moments.mid_journey.seconds]),
        after: after.map(|a| a.seconds),
        after_path: after.and_then(|a| PathPattern::parse(&a.path).ok()).map(|p| p.to_regex()),
        preview,
    }
}

pub fn respond(
    request: &HttpRequest,
    state: &AppState,
    setup: &LoaderSetup,
    cache: &'static str,
) -> Result<HttpResponse, AppError> {
    let setup = serde_json::to_string(setup).map_err(|e| AppError::Internal(e.to_string()))?;
    let script = state.assets.loader().replacen("\"__SETUP__\"", &setup, 1);
    let etag = format!("\"{}\"", &secret_hash::hash_token(&script)[..16]);
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, etag.as_str()))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        // With `crossorigin` on the tag, the loader's connection serves the frame's files too.
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|v| v == etag.as_str()) {
        return Ok(response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    let encoding = Encoding::accepted(request);
    if let Some(key) = encoding.as_str() {
        response.insert_header((header::CONTENT_ENCODING, key));
    }
    Ok(response.body(compressed(&etag, script, encoding, state.clock.now_ms())))
}

/// Compressed loaders by their content, so that a change of the settings is another entry.
static COMPRESSED: LazyLock<TtlMap<(String, bool), Bytes>> =
    LazyLock::new(|| TtlMap::new(CACHE_MAX, CACHE_TTL_MS));

const CACHE_MAX: usize = 2_000;
/// Entries never expire: the content of a key does not change.
const CACHE_TTL_MS: i64 = i64::MAX;

fn compressed(etag: &str, script: String, encoding: Encoding, now_ms: i64) -> Bytes {
    if encoding == Encoding::Identity {
        return script.into();
    }
    let key = (etag.to_owned(), encoding == Encoding::Brotli);
    if let Some(bytes) = COMPRESSED.get(&key, now_ms) {
        return bytes;
    }
    let Ok(bytes) = compression::compress(script.as_bytes(), encoding, CompressionPolicy::Often) else {
        return Bytes::new();
    };
    let bytes = Bytes::from(bytes);
    COMPRESSED.insert(key, bytes.clone(), now_ms);
    bytes
}
