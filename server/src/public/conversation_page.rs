//! `/c/KEY`: the page behind a private link, `/c/KEY#SECRET`. It is the widget's page, and knows nothing of whose conversation
//! it is: the browser swaps what stands behind the `#`, which no server ever sees.

use crate::error::Failure;
use crate::public::widget_page::{Ask, Speaker, find, gone, json_for_script, send, setup, speaker, theme};
use crate::state::House;
use crate::text::form_fields::Fields;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use shared::wire::FrameSetup;
use shared::words::{Language, Word};

/// The page.
#[derive(Template)]
#[template(path = "public/conversation_page.html")]
pub struct TalkPage {
    setup: FrameSetup,
    setup_json: String,
    nonce: String,
    accent: String,
    theme: &'static str,
    house: Data<House>,
    widget_js: String,
    widget_wasm: String,
    words: Speaker,
}

impl TalkPage {
    fn say(&self, word: Word) -> String {
        self.words.say(word)
    }
}

/// Shows the page. Changes nothing: whoever follows links in e-mails may open it as often as they like.
///
/// # Errors
/// What the database says.
pub async fn show(
    request: HttpRequest,
    key: Path<String>,
    query: Query<Fields>,
    house: Data<House>,
) -> Result<HttpResponse, Failure> {
    let mut ask = Ask::of(&query);
    (ask.framed, ask.preview) = (false, false);
    if ask.lang.is_empty() {
        ask.lang = preferred(&request);
    }
    let Some((shop, places)) = find(&house, &key).await? else { return gone(&house, &ask) };
    let settings = &shop.settings;
    let setup = setup(&house, &shop, settings, &places, &ask).await;
    let page = TalkPage {
        setup_json: json_for_script(&setup)?,
        setup,
        nonce: house.chance.secret().reveal().to_owned(),
        accent: settings.accent.as_str().to_owned(),
        theme: theme(settings, &ask),
        house: house.clone(),
        widget_js: house.assets.url("widget.js"),
        widget_wasm: house.assets.url("widget.wasm"),
        words: speaker(&shop, settings, Language::of_tag(&ask.lang)),
    };
    // No page may show it in a frame.
    send(&[], page.nonce.clone(), page.render()?, StatusCode::OK, false)
}

/// The language that the browser names first; a link from an e-mail brings none along.
fn preferred(request: &HttpRequest) -> String {
    let names = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    names.unwrap_or_default().split([',', ';']).next().unwrap_or_default().trim().to_owned()
}
