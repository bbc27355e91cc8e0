//! `/settings/preview`: a small page of a shop with the real widget on it, as the settings would make it.

use crate::db::shops;
use crate::domain::shop_settings::Theme;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::settings::preview_draft;
use crate::owner::settings::preview_draft::overlay;
use crate::public::widget_setup::WidgetQuery;
use crate::public::{loader, widget_page, widget_setup};
use crate::state::AppState;
use crate::text::form_fields::{FormFields, encoded};
use crate::web::html_response;
use actix_web::guard::GuardContext;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

#[derive(Template)]
#[template(path = "owner/settings/preview.html")]
struct PreviewPage {
    css: String,
    /// `light`, `dark`, or empty to follow the system.
    theme: &'static str,
    loader: String,
    /// The frame itself, for browsers without script.
    frame: String,
}

/// The page; its query is the draft.
///
/// # Errors
/// What the database says.
pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let settings = overlay(&who.shop.settings, &query);
    let join = if request.query_string().is_empty() { "" } else { "?" };
    let page = PreviewPage {
        css: state.assets.url("owner.css"),
        theme: match settings.theme {
            Theme::Auto => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        },
        frame: format!("/w/{}?framed=1&{}", who.shop.key.as_str(), frame_query(&query)),
        loader: format!("/settings/preview.js{join}{}", request.query_string()),
    };
    Ok(html_response::preview_page(page.render()?))
}

/// Whether a request for the widget's page comes from the preview.
pub fn is_preview(request: &GuardContext<'_>) -> bool {
    let query = request.head().uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "preview")
}

/// The widget's page as the draft in its query makes it, for the shop's own people.
///
/// # Errors
/// [`AppError::NotFound`] for everybody else.
pub async fn frame(
    request: HttpRequest,
    key: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let ask = WidgetQuery::from_query(&query);
    let Some((shop, places)) = widget_setup::load_shop(&state, &key).await? else {
        return widget_setup::gone_page(&state, &ask);
    };
    let settings = preview_draft::from_request(&request, &shop).await?.ok_or(AppError::NotFound)?;
    widget_page::render(&state, &shop, &settings, &places, &ask).await
}

/// The real loader, told what the draft says; the frame it opens gets the same draft.
///
/// # Errors
/// What the database says.
pub async fn loader(
    who: SignedIn,
    query: Query<FormFields>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut settings = overlay(&who.shop.settings, &query);
    // What is looked at must be there to be looked at, and must not ask by itself while somebody types.
    settings.moments.any_time = true;
    settings.moments.mid_journey.on = false;
    settings.moments.after_checkout.on = false;
    let places = shops::places(&state.db, &who.shop.key).await?;
    let setup = loader::setup(&state, &who.shop, &settings, &places, Some(frame_query(&query)));
    loader::respond(&request, &state, &setup, "no-store")
}

/// The draft as the frame's query takes it, to be put after an `&`.
fn frame_query(query: &FormFields) -> String {
    let mut frame = String::from("preview=1");
    for name in [
        "accent",
        "accent_own",
        "corner",
        "theme",
        "scale",
        "person",
        "reason_code",
        "reason_en",
        "reason_de",
    ] {
        for value in query.all(name) {
            frame.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_gets_the_draft_and_nothing_else() {
        let query: FormFields = [
            ("accent", "#2f5f7a"),
            ("shop", "kiln"),
            ("reason_en", "a&b"),
            ("reason_en", ""),
            ("framed", "1"),
        ]
        .into_iter()
        .collect();
        assert_eq!(frame_query(&query), "preview=1&accent=%232f5f7a&reason_en=a%26b&reason_en=");
    }
}
