//! What the pages of the frame share: the query, the setup for the widget, and the headers of the response.

use crate::caches::promises::to_wire;
use crate::db::shops;
use crate::db::shops::{Shop, ShopOrigin};
use crate::domain::allowed_origin::OriginRule;
use crate::domain::response::new_identity;
use crate::domain::shop_settings::{ShopSettings, Theme};
use crate::error::AppError;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Data;
use askama::Template;
use shared::ids::ShopKey;
use shared::moment::Moment;
use shared::wire::{FrameSetup, WirePromise};
use shared::words::{Language, Word, fill};

/// The query of a frame's address. Unknown fields are ignored and the first of two counts: cached loaders of older versions
/// send other fields, and the preview's draft follows the loader's own.
#[derive(Debug, Default)]
pub(crate) struct WidgetQuery {
    /// BCP 47.
    pub(crate) lang: String,
    pub(crate) moment: String,
    /// `light` or `dark`, if the tag of the shop's page sets it.
    pub(crate) theme: String,
    pub(crate) framed: bool,
    /// Whether the settings page shows a draft.
    pub(crate) preview: bool,
    /// The receipt, after the plain form was sent.
    pub(crate) sent: Option<String>,
    /// Whether the shop will reply.
    pub(crate) replies: bool,
}

impl WidgetQuery {
    pub(crate) fn from_query(fields: &FormFields) -> Self {
        let text = |name| fields.get(name).to_owned();
        Self {
            lang: text("lang"),
            moment: text("moment"),
            theme: text("theme"),
            framed: fields.has("framed"),
            preview: fields.has("preview"),
            sent: fields.has("sent").then(|| text("sent")),
            replies: fields.has("replies"),
        }
    }
}

pub(crate) struct WidgetTexts {
    pub(crate) language: Language,
    person: String,
    shop: String,
}

impl WidgetTexts {
    pub(crate) fn text(&self, word: Word) -> String {
        fill(&fill(word.say(self.language), "person", &self.person), "shop", &self.shop)
    }
}

#[derive(Template)]
#[template(path = "public/shop_gone.html")]
struct ShopGonePage {
    nonce: String,
    state: Data<AppState>,
    sentence: &'static str,
    language: &'static str,
}

pub(crate) async fn load_shop(
    state: &AppState,
    key: &str,
) -> Result<Option<(Shop, Vec<ShopOrigin>)>, AppError> {
    let Ok(key) = ShopKey::parse(key) else { return Ok(None) };
    let Some(shop) = shops::find(&state.db, &key).await? else { return Ok(None) };
    let origins = shops::list_origins(&state.db, &key).await?;
    Ok(Some((shop, origins)))
}

/// An error here must not keep the visitor from rating.
async fn promise(
    state: &AppState,
    shop: &Shop,
    settings: &ShopSettings,
    language: Language,
) -> Option<WirePromise> {
    let now_ms = state.clock.now_ms();
    match state.promises.statistics(&state.db, shop, now_ms).await {
        Ok(statistics) => to_wire(&statistics, settings, now_ms, language),
        Err(failure) => {
            failure.log();
            None
        }
    }
}

pub(crate) async fn load_setup(
    state: &AppState,
    shop: &Shop,
    settings: &ShopSettings,
    origins: &[ShopOrigin],
    query: &WidgetQuery,
) -> FrameSetup {
    let language = Language::of_tag(&query.lang);
    let widget_texts = widget_texts(shop, settings, language);
    let (id, secret) = new_identity(state.random.as_ref(), state.clock.now_ms());
    let photo = settings.person.photo.as_ref();
    FrameSetup {
        shop: shop.key.as_str().to_owned(),
        shop_name: shop.name.clone(),
        person: settings.person.name.clone(),
        photo: photo.map(|hash| format!("/p/{}/{hash}", shop.key.as_str())),
        initials: settings.person.initials(),
        moment: Moment::named(&query.moment).unwrap_or_default(),
        scale: settings.scale,
        reasons: settings
            .reasons
            .iter()
            .flat_map(|r| [r.code.clone(), r.label(language).to_owned()])
            .collect(),
        language: language.as_str().to_owned(),
        words: Word::ALL.iter().map(|w| widget_texts.text(*w)).collect(),
        fallback_email: settings.fallback_email.clone(),
        origins: OriginRule::regex(origins.iter().map(|p| &p.origin)),
        promise: promise(state, shop, settings, language).await,
        quiet_days: vec![settings.quiet.answered_days, settings.quiet.not_now_days],
        id: id.as_str().to_owned(),
        secret: secret.reveal().to_owned(),
        framed: query.framed,
        preview: query.preview,
    }
}

pub(crate) fn widget_texts(shop: &Shop, settings: &ShopSettings, language: Language) -> WidgetTexts {
    WidgetTexts { language, person: settings.person.name.clone(), shop: shop.name.clone() }
}

pub(crate) fn gone_page(state: &Data<AppState>, query: &WidgetQuery) -> Result<HttpResponse, AppError> {
    let language = Language::of_tag(&query.lang);
    let nonce = state.random.secret().reveal().to_owned();
    let page = ShopGonePage {
        nonce: nonce.clone(),
        state: state.clone(),
        sentence: Word::ShopGone.say(language),
        language: language.as_str(),
    };
    send(&[], nonce, page.render()?, StatusCode::NOT_FOUND, false)
}

/// A draft decides on its theme itself.
pub(crate) fn theme(settings: &ShopSettings, query: &WidgetQuery) -> &'static str {
    let asked = Theme::named(&query.theme).filter(|theme| *theme != Theme::Auto && !query.preview);
    asked.unwrap_or(settings.theme).as_str()
}

/// JSON inside a script element: no `<` can end the element.
/// Source: HTML standard, "restrictions for contents of script elements".
pub(crate) fn json_for_script(setup: &FrameSetup) -> Result<String, AppError> {
    let json = serde_json::to_string(setup).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

/// Only the shop's origins may show the page in a frame.
pub(crate) fn send(
    origins: &[ShopOrigin],
    nonce: String,
    html: String,
    status: StatusCode,
    preview: bool,
) -> Result<HttpResponse, AppError> {
    let mut ancestors: Vec<&str> = origins.iter().map(|p| p.origin.as_str()).collect();
    if preview {
        ancestors = vec!["'self'"];
    }
    if ancestors.is_empty() {
        ancestors.push("'none'");
    }
    let csp = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {}",
        ancestors.join(" ")
    );
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_SECURITY_POLICY, csp))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        // For cross-origin isolated shops: the page loads nothing from other origins.
        .insert_header((HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none"))
        .content_type(header::ContentType::html())
        .body(html))
}
