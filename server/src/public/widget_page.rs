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

/// What an address of the frame may say. What it does not know it leaves alone, and of two the first counts: an old
/// loader may ask for more, and a preview's draft comes behind the loader's own words.
#[derive(Debug, Default)]
pub(crate) struct WidgetQuery {
    /// A BCP 47 tag.
    pub(crate) lang: String,
    /// [`Moment`].
    moment: String,
    /// `light` or `dark`, where the tag says so for a page that is only that.
    theme: String,
    /// Whether the page is in a frame.
    pub(crate) framed: bool,
    /// Whether an owner looks at a draft.
    pub(crate) preview: bool,
    /// The receipt, after the plain form was sent.
    sent: Option<String>,
    /// Whether somebody of the shop will answer what was sent.
    replies: bool,
}

impl WidgetQuery {
    pub(crate) fn from_query(query: &FormFields) -> Self {
        let text = |name| query.get(name).to_owned();
        Self {
            lang: text("lang"),
            moment: text("moment"),
            theme: text("theme"),
            framed: query.has("framed"),
            preview: query.has("preview"),
            sent: query.has("sent").then(|| text("sent")),
            replies: query.has("replies"),
        }
    }
}

/// One face or thumb of the question, in the visitor's words.
pub struct FaceOption {
    /// 1 to 5, 5 best.
    pub rating: u8,
    /// What it is called.
    pub label: String,
    /// The drawing, as in [`shared::faces::Face`].
    pub kind: &'static str,
}

/// What was typed into the plain form, to show it again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct SavedForm {
    /// 1 to 5, or 0 for none.
    pub rating: u8,
    /// Words.
    pub comment: String,
    /// Address.
    pub email: String,
    /// Order number.
    pub order: String,
    /// Whether an answer is wanted.
    pub wants_reply: bool,
    /// Codes of the reasons.
    pub reasons: Vec<String>,
    /// Path the shop's page told.
    pub page_url: String,
    /// Title the shop's page told.
    pub page_title: String,
    /// Product the shop's page told.
    pub product: String,
}

/// The page.
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
    kept: SavedForm,
    words: WidgetTexts,
}

/// Says the words in the visitor's language, with the names filled in.
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

/// After the plain form: it is stored, and this is its receipt.
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

/// No such shop.
#[derive(Template)]
#[template(path = "public/shop_gone.html")]
pub struct ShopGonePage {
    nonce: String,
    state: Data<AppState>,
    sentence: &'static str,
    language: &'static str,
}

/// The page.
///
/// # Errors
/// What the database says.
pub async fn get(
    key: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let ask = WidgetQuery::from_query(&query);
    let Some((shop, places)) = load_shop(&state, &key).await? else { return gone_page(&state, &ask) };
    if let Some(receipt) = &ask.sent {
        return thanks(&state, &shop, &shop.settings, &places, &ask, receipt).await;
    }
    render(&state, &shop, &shop.settings, &places, &ask).await
}

/// The page with these settings, which in the owner's preview are not the saved ones.
pub(crate) async fn render(
    state: &Data<AppState>,
    shop: &Shop,
    settings: &ShopSettings,
    places: &[ShopOrigin],
    ask: &WidgetQuery,
) -> Result<HttpResponse, AppError> {
    let page = page(state, shop, settings, places, ask, SavedForm::default(), None).await?;
    send(places, page.nonce.clone(), page.render()?, StatusCode::OK, ask.preview)
}

/// The fields of the plain form.
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

/// Takes the plain form: the same door as for the widget, then a page that can be reloaded without sending again.
///
/// # Errors
/// What the database says; what was not fine is said beside its field.
pub async fn post(
    request: HttpRequest,
    key: Path<String>,
    query: Query<FormFields>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let ask = WidgetQuery::from_query(&query);
    let raw = json_body::read_body(&request, payload).await?;
    let text = std::str::from_utf8(&raw).map_err(|_| AppError::from(Code::Malformed))?;
    let (form, reasons) = parse_form(text)?;
    let Some((shop, places)) = load_shop(&state, &key).await? else { return gone_page(&state, &ask) };
    let kept = SavedForm {
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
        Response::parse(wire(form, reasons, &shop.key, &kept), &raw, Device::from_headers(request.headers()));
    let replies = parsed.as_ref().is_ok_and(Response::is_complaint);
    let stored = match parsed {
        Ok(response) => responses::store(&state, response).await,
        Err(refusal) => Err(refusal.into()),
    };
    match stored {
        Ok(stored) => {
            let framed = if ask.framed { "&framed=1" } else { "" };
            let lang = Language::of_tag(&language).as_str();
            let replies = if replies { "&replies=1" } else { "" };
            let next =
                format!("/w/{}?sent={}&lang={lang}{framed}{replies}", shop.key.as_str(), stored.receipt);
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, next)).finish())
        }
        Err(AppError::Refused(refusal)) => {
            let ask = WidgetQuery { lang: language, ..ask };
            let mut page = page(&state, &shop, &shop.settings, &places, &ask, kept, Some(refusal)).await?;
            // The same identity, so that what is sent after the mistake is mended is still one response.
            (page.setup.id, page.setup.secret) = identity;
            page.setup_json = json_for_script(&page.setup)?;
            let status = crate::error::status_of(refusal.code);
            send(&places, page.nonce.clone(), page.render()?, status, false)
        }
        Err(other) => Err(other),
    }
}

/// A form's fields, and those of the boxes that may be ticked more than once.
fn parse_form(text: &str) -> Result<(PlainForm, Vec<String>), AppError> {
    let pairs = form_urlencoded::parse(text.as_bytes());
    let reasons = pairs.filter(|(name, _)| name == "reasons").map(|(_, code)| code.into_owned()).collect();
    let form = Query::<PlainForm>::from_query(text).map_err(|_| AppError::from(Code::Malformed))?;
    Ok((form.into_inner(), reasons))
}

fn wire(form: PlainForm, reasons: Vec<String>, key: &ShopKey, kept: &SavedForm) -> NewResponse {
    let page = (!form.page_url.is_empty()).then_some(WirePage { url: form.page_url, title: form.page_title });
    NewResponse {
        id: form.id,
        secret: form.secret,
        shop: key.as_str().to_owned(),
        moment: Moment::named(&form.moment).unwrap_or_default(),
        scale: Scale::named(&form.scale).unwrap_or_default(),
        rating: kept.rating,
        reasons: Some(reasons),
        comment: Some(form.comment),
        email: Some(form.email),
        wants_reply: Some(kept.wants_reply),
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
    let places = shops::list_origins(&state.db, &key).await?;
    Ok(Some((shop, places)))
}

/// What is promised to whoever answers now. A question is asked even where it cannot be told.
async fn promise(
    state: &AppState,
    shop: &Shop,
    settings: &ShopSettings,
    language: Language,
) -> Option<WirePromise> {
    let now_ms = state.clock.now_ms();
    match state.promises.statistics(&state.db, shop, now_ms).await {
        Ok(measured) => to_wire(&measured, settings, now_ms, language),
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
    places: &[ShopOrigin],
    ask: &WidgetQuery,
) -> FrameSetup {
    let language = Language::of_tag(&ask.lang);
    let speaker = texts(shop, settings, language);
    let (id, secret) = new_identity(state.random.as_ref(), state.clock.now_ms());
    let photo = settings.person.photo.as_ref();
    FrameSetup {
        shop: shop.key.as_str().to_owned(),
        shop_name: shop.name.clone(),
        person: settings.person.name.clone(),
        photo: photo.map(|hash| format!("/p/{}/{hash}", shop.key.as_str())),
        initials: settings.person.initials(),
        moment: Moment::named(&ask.moment).unwrap_or_default(),
        scale: settings.scale,
        reasons: settings
            .reasons
            .iter()
            .flat_map(|r| [r.code.clone(), r.label(language).to_owned()])
            .collect(),
        language: language.as_str().to_owned(),
        words: Word::ALL.iter().map(|w| speaker.text(*w)).collect(),
        fallback_email: settings.fallback_email.clone(),
        origins: OriginRule::regex(places.iter().map(|p| &p.origin)),
        promise: promise(state, shop, settings, language).await,
        quiet_days: vec![settings.quiet.answered_days, settings.quiet.not_now_days],
        id: id.as_str().to_owned(),
        secret: secret.reveal().to_owned(),
        framed: ask.framed,
        preview: ask.preview,
    }
}

pub(crate) fn texts(shop: &Shop, settings: &ShopSettings, language: Language) -> WidgetTexts {
    WidgetTexts { language, person: settings.person.name.clone(), shop: shop.name.clone() }
}

async fn page(
    state: &Data<AppState>,
    shop: &Shop,
    settings: &ShopSettings,
    places: &[ShopOrigin],
    ask: &WidgetQuery,
    kept: SavedForm,
    refusal: Option<Refusal>,
) -> Result<WidgetPage, AppError> {
    let setup = load_setup(state, shop, settings, places, ask).await;
    let words = texts(shop, settings, Language::of_tag(&ask.lang));
    let reasons = settings
        .reasons
        .iter()
        .map(|r| (r.code.clone(), r.label(words.language).to_owned(), kept.reasons.contains(&r.code)))
        .collect();
    Ok(WidgetPage {
        setup_json: json_for_script(&setup)?,
        faces: faces(settings.scale, setup.moment).iter().map(|face| face_option(face, &words)).collect(),
        reasons,
        field_error: refusal.map(|r| (r.field.unwrap_or_default().to_owned(), sentence(r, &words, &kept))),
        kept,
        words,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, ask),
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
    places: &[ShopOrigin],
    ask: &WidgetQuery,
    receipt: &str,
) -> Result<HttpResponse, AppError> {
    let language = Language::of_tag(&ask.lang);
    let setup = load_setup(state, shop, settings, places, ask).await;
    let page = ThanksPage {
        setup_json: json_for_script(&setup)?,
        setup,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, ask),
        state: state.clone(),
        receipt: shared::text::cut(receipt, 7),
        replies: ask.replies,
        words: texts(shop, settings, language),
    };
    send(places, page.nonce.clone(), page.render()?, StatusCode::OK, false)
}

pub(crate) fn gone_page(state: &Data<AppState>, ask: &WidgetQuery) -> Result<HttpResponse, AppError> {
    let language = Language::of_tag(&ask.lang);
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

fn sentence(refusal: Refusal, words: &WidgetTexts, kept: &SavedForm) -> String {
    match refusal.code {
        Code::EmailLooksWrong => match kept.email.trim().rsplit_once('@') {
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

/// The theme the tag asks for, else the shop's; a draft decides for itself.
pub(crate) fn theme(settings: &ShopSettings, ask: &WidgetQuery) -> &'static str {
    let asked = Theme::named(&ask.theme).filter(|theme| *theme != Theme::Auto && !ask.preview);
    asked.unwrap_or(settings.theme).as_str()
}

/// JSON that can stand inside a script element: no `<` can end it.
/// Source: HTML standard, "restrictions for contents of script elements".
pub(crate) fn json_for_script(setup: &FrameSetup) -> Result<String, AppError> {
    let json = serde_json::to_string(setup).map_err(|e| AppError::Internal(e.to_string()))?;
    Ok(json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029"))
}

/// Sends a page that only the shop's own pages may show in a frame.
pub(crate) fn send(
    places: &[ShopOrigin],
    nonce: String,
    html: String,
    status: StatusCode,
    preview: bool,
) -> Result<HttpResponse, AppError> {
    let mut ancestors: Vec<&str> = places.iter().map(|p| p.origin.as_str()).collect();
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
        // For shops that are cross-origin isolated: everything here is ours anyway.
        .insert_header((HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none"))
        .content_type(header::ContentType::html())
        .body(html))
}
