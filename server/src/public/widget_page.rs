//! `GET /w/KEY`: the widget's page, in a frame on the shop's page or by itself. It is a plain form until the widget starts.

use crate::db::shops::{Shop, ShopOrigin};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::public::thanks_page::thanks;
use crate::public::widget_setup::{
    WidgetQuery, WidgetTexts, gone_page, json_for_script, load_setup, load_shop, send, theme, widget_texts,
};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use askama::Template;
use shared::faces::{Face, faces};
use shared::refusal::{Code, Refusal};
use shared::text::COMMENT_MAX_CHARS;
use shared::wire::FrameSetup;
use shared::words::{Language, Word, fill};

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
    pub(super) setup: FrameSetup,
    pub(super) setup_json: String,
    pub(super) nonce: String,
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

impl WidgetPage {
    fn text(&self, word: Word) -> String {
        self.words.text(word)
    }
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

pub(crate) async fn page(
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
