//! The page with the receipt, to which the plain form redirects.

use crate::db::shops::{Shop, ShopOrigin};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::public::widget_setup::{
    WidgetQuery, WidgetTexts, json_for_script, load_setup, send, theme, widget_texts,
};
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use shared::wire::FrameSetup;
use shared::words::{Language, Word};

/// The page after the plain form, with the receipt.
#[derive(Template)]
#[template(path = "public/thanks.html")]
pub(crate) struct ThanksPage {
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

pub(crate) async fn thanks(
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
