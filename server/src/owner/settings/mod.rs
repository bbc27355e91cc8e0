//! `/settings`: one page with a form for each section; a section's file handles its form.

pub mod allowed_origins;
pub mod appearance;
pub mod causes;
pub mod contact_person;
pub mod mail_server;
pub mod opening_hours;
pub mod password;
pub mod preview;
pub mod preview_draft;
pub mod reasons;
pub mod saved_replies;
pub mod shop;
pub mod tag_status;
pub mod tag_status_view;
pub mod triggers;
pub mod word_of_mouth;

use crate::db::{saved_replies as db_saved_replies, shops};
use crate::domain::shop_settings::ShopSettings;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::layout::{Layout, Section};
use crate::owner::mail_status::MailTrouble;
use crate::owner::settings::appearance::AppearanceView;
use crate::owner::settings::causes::CausesView;
use crate::owner::settings::contact_person::PersonView;
use crate::owner::settings::mail_server::MailView;
use crate::owner::settings::opening_hours::HoursView;
use crate::owner::settings::password::SignInView;
use crate::owner::settings::reasons::ReasonRow;
use crate::owner::settings::saved_replies::SavedRepliesView;
use crate::owner::settings::shop::AboutView;
use crate::owner::settings::tag_status_view::{TagStatus, statuses};
use crate::owner::settings::triggers::TriggersView;
use crate::owner::settings::word_of_mouth::WordOfMouthSettings;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::redirect::see_other;
use crate::web::urls::for_shop;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

/// By their names in addresses.
const SECTIONS: [&str; 12] = [
    "tag", "when", "look", "person", "reasons", "hours", "causes", "mouth", "words", "mail", "shop",
    "sign-in",
];

#[derive(Template)]
#[template(path = "owner/settings/page.html")]
struct SettingsPage {
    shell: Layout,
    /// Whether the reader may change the shop; else only their own sign-in.
    decides: bool,
    /// Whether the reader may reply to visitors.
    answers: bool,
    /// The section that was just saved; empty for none.
    saved: &'static str,
    saved_more: &'static str,
    /// The section that was refused, with its errors.
    wrong_in: &'static str,
    wrong: FieldErrors,
    tag: String,
    hosted_href: String,
    origins: Vec<TagStatus>,
    origins_href: String,
    remove_action: String,
    origin: String,
    when: TriggersView,
    look: AppearanceView,
    preview_href: String,
    person: PersonView,
    reasons: Vec<ReasonRow>,
    mail: MailView,
    mail_trouble: Option<MailTrouble>,
    hours: HoursView,
    causes: CausesView,
    mouth: WordOfMouthSettings,
    words: SavedRepliesView,
    about: AboutView,
    sign_in: SignInView,
}

impl SettingsPage {
    async fn load(state: &AppState, who: &SignedIn) -> Result<Self, AppError> {
        let (settings, now_ms) = (&who.shop.settings, state.clock.now_ms());
        let shell = Layout::load(state, who, Section::Settings).await?;
        let origins = shops::list_origins(&state.db, &who.shop.key).await?;
        let statistics = state.promises.statistics(&state.db, &who.shop, now_ms).await?;
        Ok(Self {
            decides: who.role.may_decide(),
            answers: who.role.may_answer(),
            saved: "",
            saved_more: "",
            wrong_in: "",
            wrong: FieldErrors::default(),
            tag: state.tag(&who.shop.key),
            hosted_href: format!("/w/{}", who.shop.key.as_str()),
            origins: statuses(&origins, now_ms),
            origins_href: shell.to("/settings/tag-seen?list=1"),
            remove_action: shell.to("/settings/origins/remove"),
            origin: String::new(),
            when: TriggersView::saved(settings),
            look: AppearanceView::from_settings(settings),
            preview_href: shell.to("/settings/preview"),
            person: PersonView::saved(&who.shop),
            reasons: reasons::saved(settings),
            mail: MailView::saved(state, who).await?,
            mail_trouble: MailTrouble::load(state, who, "settings").await?,
            hours: HoursView::saved(settings, &statistics, now_ms),
            causes: CausesView::saved(settings),
            mouth: WordOfMouthSettings::saved(settings),
            words: SavedRepliesView::from_rows(db_saved_replies::list(&state.db, &who.shop.key).await?),
            about: AboutView::saved(&who.shop, now_ms),
            sign_in: SignInView::for_member(who),
            shell,
        })
    }

    /// The page again after a refused form.
    fn refused(mut self, section: &'static str, wrong: FieldErrors) -> Result<HttpResponse, AppError> {
        (self.wrong_in, self.wrong) = (section, wrong);
        Ok(html_response::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), self.render()?))
    }
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut page = SettingsPage::load(&state, &who).await?;
    page.saved = SECTIONS.into_iter().find(|s| *s == query.get("saved")).unwrap_or_default();
    page.saved_more = match page.saved {
        "causes" | "mouth" | "words" | "mail" | "shop" | "sign-in" => "",
        "hours" => "Questions that are asked from now on tell it.",
        _ => "It is in your shop within a minute.",
    };
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// Saves the settings and redirects to the section.
async fn save(
    state: &AppState,
    who: &SignedIn,
    name: &str,
    settings: &ShopSettings,
    section: &str,
) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    shops::update(&mut tx, &who.shop.key, name, settings).await?;
    tx.commit().await?;
    Ok(saved(who, section))
}

/// Redirects to the section.
fn saved(who: &SignedIn, section: &str) -> HttpResponse {
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    see_other(&for_shop(&format!("/settings?saved={section}#{section}"), choice))
}
