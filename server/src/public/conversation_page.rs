//! `/c/KEY`: the page behind a private link, `/c/KEY#SECRET`. It is the widget's page, and knows nothing of whose conversation
//! it is: the browser swaps what stands behind the `#`, which no server ever sees.

use crate::error::AppError;
use crate::public::widget_page::{
    WidgetQuery, WidgetTexts, gone_page, json_for_script, load_setup, load_shop, send, texts, theme,
};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::wire::FrameSetup;
use shared::words::{Language, Word};

/// The page.
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

/// Shows the page. Changes nothing: whoever follows links in e-mails may open it as often as they like.
///
/// # Errors
/// What the database says.
pub async fn get(
    request: HttpRequest,
    key: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut ask = WidgetQuery::from_query(&query);
    (ask.framed, ask.preview) = (false, false);
    if ask.lang.is_empty() {
        ask.lang = preferred(&request);
    }
    let Some((shop, places)) = load_shop(&state, &key).await? else { return gone_page(&state, &ask) };
    let settings = &shop.settings;
    let setup = load_setup(&state, &shop, settings, &places, &ask).await;
    let page = ConversationPage {
        setup_json: json_for_script(&setup)?,
        setup,
        nonce: state.random.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, &ask),
        state: state.clone(),
        widget_js: state.assets.url("widget.js"),
        widget_wasm: state.assets.url("widget.wasm"),
        words: texts(&shop, settings, Language::of_tag(&ask.lang)),
    };
    // No page may show it in a frame.
    send(&[], page.nonce.clone(), page.render()?, StatusCode::OK, false)
}

/// The language that the browser names first; a link from an e-mail brings none along.
fn preferred(request: &HttpRequest) -> String {
    let names = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    names.unwrap_or_default().split([',', ';']).next().unwrap_or_default().trim().to_owned()
}
