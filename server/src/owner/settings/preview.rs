//! `/settings/preview`: a page of a shop with the real widget, drawn with unsaved settings.

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
    /// The frame's address, for browsers without script.
    frame: String,
}

/// The query is the draft.
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

/// Whether the request for the widget's page belongs to the preview.
pub fn is_preview(request: &GuardContext<'_>) -> bool {
    let query = request.head().uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "preview")
}

/// The widget's page with the draft of its query; 404 for everyone who is not a member of the shop.
pub async fn frame(
    request: HttpRequest,
    key: Path<String>,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let widget_query = WidgetQuery::from_query(&query);
    let Some((shop, origins)) = widget_setup::load_shop(&state, &key).await? else {
        return widget_setup::gone_page(&state, &widget_query);
    };
    let settings = preview_draft::from_request(&request, &shop).await?.ok_or(AppError::NotFound)?;
    widget_page::render(&state, &shop, &settings, &origins, &widget_query).await
}

/// The real loader with the draft's settings; the frame gets the same draft.
pub async fn loader(
    who: SignedIn,
    query: Query<FormFields>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut settings = overlay(&who.shop.settings, &query);
    // The launcher must be visible, and no check-in may open while the owner types.
    settings.moments.any_time = true;
    settings.moments.mid_journey.on = false;
    settings.moments.after_checkout.on = false;
    let origins = shops::list_origins(&state.db, &who.shop.key).await?;
    let setup = loader::setup(&state, &who.shop, &settings, &origins, Some(frame_query(&query)));
    loader::respond(&request, &state, &setup, "no-store")
}

/// The draft, to be appended to a query.
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
