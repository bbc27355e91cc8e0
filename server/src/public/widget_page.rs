//! `/w/KEY`: the widget's page, in a frame on the shop's page or by itself. It arrives as a plain form that works.

use crate::caches::promises::to_wire;
use crate::db::shops;
use crate::db::shops::{Shop, ShopOrigin};
use crate::domain::allowed_origin::OriginRule;
use crate::domain::device::Device;
use crate::domain::response::{Response, new_identity};
use crate::domain::shop_settings::{ShopSettings, Theme};
use crate::error::AppError;
use crate::public::responses;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::json_body;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use shared::faces::{Face, faces};
use shared::ids::ShopKey;
use shared::moment::Moment;
use shared::rating::Scale;
use shared::refusal::{Code, Refusal};
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::{FrameSetup, NewResponse, WirePage, WirePromise};
use shared::words::{Language, Word, fill};

/// The query of a frame's address. Unknown fields are ignored and the first of two counts: cached loaders of older versions
/// send other fields, and the preview's draft follows the loader's own.
#[derive(Debug, Default)]
pub(crate) struct WidgetQuery {
    /// BCP 47.
    pub(crate) lang: String,
    moment: String,
    /// `light` or `dark`, if the tag of the shop's page sets it.
    theme: String,
    pub(crate) framed: bool,
    /// Whether the settings page shows a draft.
    pub(crate) preview: bool,
    /// The receipt, after the plain form was sent.
    sent: Option<String>,
    /// Whether the shop will reply.
    replies: bool,
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

/// A face or thumb of the rating question.
pub struct FaceOption {
    /// 1 to 5, 5 best.
    pub rating: u8,
    pub label: String,
    /// The drawing, as in [`shared::faces::Face`].
    pub kind: &'static str,
}

/// The fields of a refused plain form, to show them again.
#[derive(Debug, Clone, Default)]
pub struct SavedForm {
    /// 1 to 5; 0 for none.
    pub rating: u8,
    pub comment: String,
    pub email: String,
    pub order: String,
    pub wants_reply: bool,
    /// Codes.
    pub reasons: Vec<String>,
    pub page_url: String,
    pub page_title: String,
    pub product: String,
}

#[derive(Template)]
#[template(path = "public/widget_page.html")]
pub struct WidgetPage {
    setup: FrameSetup,
    setup_json: String,
    nonce: String,
    accent: String,
    theme: &'static str,
    state: Data<AppState>,
    widget_js: String,
    widget_wasm: String,
    faces: Vec<FaceOption>,
    reasons: Vec<(String, String, bool)>,
    field_error: Option<(String, String)>,
    saved: SavedForm,
    words: WidgetTexts,
}

pub(crate) struct WidgetTexts {
    language: Language,
    person: String,
    shop: String,
}

impl WidgetTexts {
    pub(crate) fn text(&self, word: Word) -> String {
        fill(&fill(word.say(self.language), "person", &self.person), "shop", &self.shop)
    }
}

impl WidgetPage {
    fn text(&self, word: Word) -> String {
        self.words.text(word)
    }
}

/// The page after the plain form, with the receipt.
#[derive(Template)]
#[template(path = "public/thanks.html")]
pub struct ThanksPage {
    setup: FrameSetup,
    setup_json: String,
    nonce: String,
    accent: String,
    theme: &'static str,
    state: Data<AppState>,
    receipt: String,
    replies: bool,
    words: WidgetTexts,
}

impl ThanksPage {
    fn text(&self, word: Word) -> String {
        self.words.text(word)
    }
}

#[derive(Template)]
#[template(path = "public/shop_gone.html")]
pub struct ShopGonePage {
    nonce: String,
    state: Data<AppState>,
    sentence: &'static str,
    language: &'static str,
}

pub async fn get(
    key: Path<String>,
    fields: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let query = WidgetQuery::from_query(&fields);
    let Some((shop, origins)) = load_shop(&state, &key).await? else { return gone_page(&state, &query) };
    if let Some(receipt) = &query.sent {
        return thanks(&state, &shop, &shop.settings, &origins, &query, receipt).await;
    }
    render(&state, &shop, &shop.settings, &origins, &query).await
}

/// The settings are not the stored ones in the owner's preview.
pub(crate) async fn render(
    state: &Data<AppState>,
    shop: &Shop,
    settings: &ShopSettings,
    origins: &[ShopOrigin],
    query: &WidgetQuery,
) -> Result<HttpResponse, AppError> {
    let page = page(state, shop, settings, origins, query, SavedForm::default(), None).await?;
    send(origins, page.nonce.clone(), page.render()?, StatusCode::OK, query.preview)
}

#[derive(Debug, Deserialize)]
struct PlainForm {
    id: String,
    secret: String,
    #[serde(default)]
    moment: String,
    #[serde(default)]
    scale: String,
    #[serde(default)]
    rating: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    wants_reply: String,
    #[serde(default)]
    page_url: String,
    #[serde(default)]
    page_title: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    product: String,
}

/// Stores the form as the widget's request is stored, then redirects, so that reloading does not send it again.
pub async fn post(
    request: HttpRequest,
    key: Path<String>,
    fields: Query<FormFields>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let query = WidgetQuery::from_query(&fields);
    let raw = json_body::read_body(&request, payload).await?;
    let text = std::str::from_utf8(&raw).map_err(|_| AppError::from(Code::Malformed))?;
    let (form, reasons) = parse_form(text)?;
    let Some((shop, origins)) = load_shop(&state, &key).await? else { return gone_page(&state, &query) };
    let saved = SavedForm {
        rating: form.rating.parse().unwrap_or(0),
        comment: form.comment.clone(),
        email: form.email.clone(),
        order: form.order.clone(),
        wants_reply: !form.wants_reply.is_empty(),
        reasons: reasons.clone(),
        page_url: form.page_url.clone(),
        page_title: form.page_title.clone(),
        product: form.product.clone(),
    };
    let identity = (form.id.clone(), form.secret.clone());
    let language = form.language.clone();
    let parsed =
        Response::parse(to_new_response(form, reasons, &shop.key, &saved), &raw, Device::from_headers(request.headers()));
    let replies = parsed.as_ref().is_ok_and(Response::is_complaint);
    let stored = match parsed {
        Ok(response) => responses::store(&state, response).await,
        Err(refusal) => Err(refusal.into()),
    };
    match stored {
        Ok(stored) => {
            let framed = if query.framed { "&framed=1" } else { "" };
            let lang = Language::of_tag(&language).as_str();
            let replies = if replies { "&replies=1" } else { "" };
            let next =
                format!("/w/{}?sent={}&lang={lang}{framed}{replies}", shop.key.as_str(), stored.receipt);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, next)).finish())
        }
        Err(AppError::Refused(refusal)) => {
            let query = WidgetQuery { lang: language, ..query };
            let mut page = page(&state, &shop, &shop.settings, &origins, &query, saved, Some(refusal)).await?;
            // With the same id and secret, the corrected form is still one response.
            (page.setup.id, page.setup.secret) = identity;
            page.setup_json = json_for_script(&page.setup)?;
            let status = crate::error::status_of(refusal.code);
            send(&origins, page.nonce.clone(), page.render()?, status, false)
        }
        Err(other) => Err(other),
    }
}

/// `serde_urlencoded` does not read a repeated field, such as the boxes of the reasons.
fn parse_form(text: &str) -> Result<(PlainForm, Vec<String>), AppError> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let reasons = pairs.filter(|(name, _)| name == "reasons").map(|(_, code)| code.into_owned()).collect();
    let form = Query::<PlainForm>::from_query(text).map_err(|_| AppError::from(Code::Malformed))?;
    Ok((form.into_inner(), reasons))
}

fn to_new_response(form: PlainForm, reasons: Vec<String>, key: &ShopKey, saved: &SavedForm) -> NewResponse {
    let page = (!form.page_url.is_empty()).then_some(WirePage { url: form.page_url, title: form.page_title });
    NewResponse {
        id: form.id,
        secret: form.secret,
        shop: key.as_str().to_owned(),
        moment: Moment::named(&form.moment).unwrap_or_default(),
        scale: Scale::named(&form.scale).unwrap_or_default(),
        rating: saved.rating,
        reasons: Some(reasons),
        comment: Some(form.comment),
        email: Some(form.email),
        wants_reply: Some(saved.wants_reply),
        order: Some(form.order),
        page,
        language: Some(form.language),
        product: Some(form.product),
    }
}

pub(crate) async fn load_shop(
    state: &AppState,
    key: &str,
) -> Result<Option<(Shop, Vec<ShopOrigin>)>, AppError> {
    let Ok(key) = ShopKey::parse(key) else { return Ok(None) };
    let Some(shop) = shops::find(&state.db, &key).await? else { return Ok(None) };
    let origins = shops::places(&state.db, &key).await?;
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

async fn page(
    state: &Data<AppState>,
    shop: &Shop,
    settings: &ShopSettings,
    origins: &[ShopOrigin],
    query: &WidgetQuery,
    saved: SavedForm,
    refusal: Option<Refusal>,
) -> Result<WidgetPage, AppError> {
    let setup = load_setup(state, shop, settings, origins, query).await;
    let words = widget_texts(shop, settings, Language::of_tag(&query.lang));
    let reasons = settings
        .reasons
        .iter()
        .map(|r| (r.code.clone(), r.label(words.language).to_owned(), saved.reasons.contains(&r.code)))
        .collect();
    Ok(WidgetPage {
        setup_json: json_for_script(&setup)?,
        faces: faces(settings.scale, setup.moment).iter().map(|face| face_option(face, &words)).collect(),
        reasons,
        field_error: refusal.map(|r| (r.field.unwrap_or_default().to_owned(), error_text(r, &words, &saved))),
        saved,
        words,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, query),
        state: state.clone(),
        widget_js: state.assets.url("widget.js"),
        widget_wasm: state.assets.url("widget.wasm"),
        setup,
    })
}

async fn thanks(
    state: &Data<AppState>,
    shop: &Shop,
    settings: &ShopSettings,
    origins: &[ShopOrigin],
    query: &WidgetQuery,
    receipt: &str,
) -> Result<HttpResponse, AppError> {
    let language = Language::of_tag(&query.lang);
    let setup = load_setup(state, shop, settings, origins, query).await;
    let page = ThanksPage {
        setup_json: json_for_script(&setup)?,
        setup,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, query),
        state: state.clone(),
        receipt: shared::text::cut(receipt, 7),
        replies: query.replies,
        words: widget_texts(shop, settings, language),
    };
    send(origins, page.nonce.clone(), page.render()?, StatusCode::OK, false)
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

fn face_option(face: &Face, words: &WidgetTexts) -> FaceOption {
    FaceOption { rating: face.rating, label: words.text(face.label), kind: face.kind }
}

fn error_text(refusal: Refusal, words: &WidgetTexts, saved: &SavedForm) -> String {
    match refusal.code {
        Code::EmailLooksWrong => match saved.email.trim().rsplit_once('@') {
            Some((_, domain)) if !domain.is_empty() && !domain.contains('.') => {
                fill(&words.text(Word::EmailCutOff), "end", domain)
            }
            _ => words.text(Word::EmailWrong),
        },
        Code::TooLong | Code::TooLarge => {
            fill(&words.text(Word::TooLong), "n", &COMMENT_MAX_CHARS.to_string())
        }
        Code::ControlCharacter => words.text(Word::OddCharacter),
        Code::RatingOutOfRange => words.text(Word::Question),
        _ => words.text(Word::SomethingWrong),
    }
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
