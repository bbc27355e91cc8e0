//! `/welcome`: the end of the first run, with the tag to copy.

use crate::db::shops;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::settings::tag_status_view::{TagStatus, latest};
use crate::state::AppState;
use crate::text::form_fields::encoded;
use crate::web::html_response;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

#[derive(Template)]
#[template(path = "owner/auth/welcome.html")]
struct WelcomePage {
    css: String,
    js: String,
    tag: String,
    seen: Vec<TagStatus>,
    seen_href: String,
    summary_href: String,
    mail_href: String,
}

pub async fn get(who: SignedIn, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    let origins = shops::list_origins(&state.db, &who.shop.key).await?;
    let tag = state.tag(&who.shop.key);
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    let page = WelcomePage {
        css: state.assets.url("owner.css"),
        js: state.assets.url("owner.js"),
        mail_href: mailto_link(&who.shop.name, &tag),
        tag,
        seen: latest(&origins, state.clock.now_ms()),
        seen_href: for_shop("/settings/tag-seen", choice),
        summary_href: for_shop("/summary", choice),
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// A mail to the person who maintains the shop's pages.
fn mailto_link(shop: &str, tag: &str) -> String {
    let subject = format!("One line for {shop}");
    let body = format!(
        "Hello,\n\nplease put this one line into every page of our shop, just before </body>:\n\n{tag}\n\n\
         It loads a small script that may draw one button in the corner and asks visitors whether everything is okay. \
         It sets no cookies, stores nothing before a visitor taps, and talks to our own server only. \
         With a Content-Security-Policy it needs script-src and frame-src for that server, nothing else.\n\nThank you.\n"
    );
    format!("mailto:?subject={}&body={}", encoded(&subject), encoded(&body))
}
