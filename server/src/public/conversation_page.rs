//! `/c/KEY`: the page that a private link, `/c/KEY#SECRET`, opens. Browsers do not send what follows the `#`; the widget
//! exchanges the secret by a POST.

use crate::error::AppError;
use crate::public::widget_setup::{
    WidgetQuery, WidgetTexts, gone_page, json_for_script, load_setup, load_shop, send, theme, widget_texts,
};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::wire::FrameSetup;
use shared::words::{Language, Word};

#[derive(Template)]
#[template(path = "public/conversation_page.html")]
pub struct ConversationPage {
    setup: FrameSetup,
    setup_json: String,
    nonce: String,
    accent: String,
    theme: &'static str,
    state: Data<AppState>,
    widget_js: String,
    widget_wasm: String,
    words: WidgetTexts,
}

impl ConversationPage {
    fn text(&self, word: Word) -> String {
        self.words.text(word)
    }
}

pub async fn get(
    request: HttpRequest,
    key: Path<String>,
    fields: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut query = WidgetQuery::from_query(&fields);
    (query.framed, query.preview) = (false, false);
    if query.lang.is_empty() {
        query.lang = preferred_language(&request);
    }
    let Some((shop, origins)) = load_shop(&state, &key).await? else { return gone_page(&state, &query) };
    let settings = &shop.settings;
    let setup = load_setup(&state, &shop, settings, &origins, &query).await;
    let page = ConversationPage {
        setup_json: json_for_script(&setup)?,
        setup,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, &query),
        state: state.clone(),
        widget_js: state.assets.url("widget.js"),
        widget_wasm: state.assets.url("widget.wasm"),
        words: widget_texts(&shop, settings, Language::of_tag(&query.lang)),
    };
    // An empty list of origins: no page may show it in a frame.
    send(&[], page.nonce.clone(), page.render()?, StatusCode::OK, false)
}

/// The browser's first language; links in mails do not carry one.
fn preferred_language(request: &HttpRequest) -> String {
    let names = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    names.unwrap_or_default().split([',', ';']).next().unwrap_or_default().trim().to_owned()
}
