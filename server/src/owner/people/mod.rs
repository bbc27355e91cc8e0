//! `/settings/people`: who belongs to the shop, what each may do, and who was asked to join.

pub mod invitations;
pub mod profile;
pub mod roles;
pub mod share_links;

use crate::db::invitations as db_invitations;
use crate::db::invitations::Invitation;
use crate::db::members;
use crate::db::members::Member;
use crate::domain::role::Role;
use crate::error::AppError;
use crate::owner::auth::session::SignedIn;
use crate::owner::layout::{Layout, Section};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::time::zone::ShopZone;
use crate::web::form_errors::FieldErrors;
use crate::web::html_response;
use crate::web::redirect::see_other;
use crate::web::urls::{for_shop, photo_url};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use shared::words::Language;

/// One of the people, as the page shows them.
struct PersonRow {
    id: String,
    name: String,
    email: String,
    photo: Option<String>,
    initials: String,
    role: Role,
    is_you: bool,
}

/// Somebody who was asked to join.
struct PendingInvitationRow {
    name: String,
    email: String,
    made: String,
    ends: String,
    role: Role,
}

/// A link that was just made.
struct OneTimeJoinLink {
    url: String,
    email: String,
}

/// The page, with what is so or what was typed.
#[derive(Template)]
#[template(path = "owner/people/page.html")]
struct PeoplePage {
    shell: Layout,
    /// The section that was just saved; empty for none.
    saved: &'static str,
    saved_more: &'static str,
    /// The section that was not, and why.
    wrong_in: &'static str,
    wrong: FieldErrors,
    /// Whether whoever looks may change who belongs to the shop.
    decides: bool,
    people: Vec<PersonRow>,
    invited: Vec<PendingInvitationRow>,
    link: Option<OneTimeJoinLink>,
    /// What the next link will hold: sent twice, it is still one invitation.
    secret: String,
    invite_email: String,
    invite_role: Role,
    board: share_links::ShareLinksView,
    you: profile::ProfileView,
}

/// The sections, by the names in addresses.
const SECTIONS: [&str; 4] = ["people", "invite", "board", "you"];

impl PeoplePage {
    async fn load(state: &AppState, who: &SignedIn) -> Result<Self, AppError> {
        let now_ms = state.clock.now_ms();
        let key = &who.shop.key;
        let people = members::list(&state.db, key).await?;
        let decides = who.role.may_decide();
        let invited =
            if decides { db_invitations::list_open(&state.db, key, now_ms).await? } else { Vec::new() };
        let days = ShopZone::from_name(&who.shop.settings.time_zone);
        let invited = invited.into_iter().map(|it| PendingInvitationRow {
            made: days.format_instant(it.created_at_ms, now_ms),
            ends: ShopZone::format_date(days.day(it.expires_at_ms)),
            name: it.token_hash,
            email: it.email,
            role: it.role,
        });
        let you = people.iter().find(|person| person.id == who.owner.id);
        let you = profile::ProfileView::for_member(key, you.ok_or(AppError::NotFound)?);
        Ok(Self {
            shell: Layout::load(state, who, Section::Settings).await?,
            saved: "",
            saved_more: "",
            wrong_in: "",
            wrong: FieldErrors::default(),
            decides,
            invited: invited.collect(),
            link: None,
            secret: state.random.secret().reveal().to_owned(),
            invite_email: String::new(),
            invite_role: Role::Staff,
            board: share_links::ShareLinksView::saved(state, who).await?,
            you,
            people: people.into_iter().map(|person| row(who, person)).collect(),
        })
    }

    /// The page again, with what was typed and what was not right about it.
    fn refused(mut self, section: &'static str, wrong: FieldErrors) -> Result<HttpResponse, AppError> {
        (self.wrong_in, self.wrong) = (section, wrong);
        Ok(html_response::page(HttpResponse::build(StatusCode::UNPROCESSABLE_ENTITY), self.render()?))
    }
}

fn row(who: &SignedIn, person: Member) -> PersonRow {
    PersonRow {
        photo: photo_of(&who.shop.key, &person),
        initials: initials_of(&person.name),
        is_you: person.id == who.owner.id,
        id: person.id,
        name: person.name,
        email: person.email,
        role: person.role,
    }
}

/// Where somebody's photo is served, if they have one.
pub fn photo_of(shop: &shared::ids::ShopKey, person: &Member) -> Option<String> {
    (!person.photo.is_empty()).then(|| photo_url(shop.as_str(), &person.photo))
}

/// One or two letters for where a photo would be.
pub fn initials_of(name: &str) -> String {
    crate::domain::shop_settings::ContactPerson { name: name.to_owned(), photo: None }.initials()
}

/// What a role is called, and what it means.
fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Owner => "Owner: decides everything",
        Role::Staff => "Staff: reads and answers",
        Role::Reader => "Reads only",
    }
}

/// The page.
///
/// # Errors
/// What the database says.
pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut page = PeoplePage::load(&state, &who).await?;
    page.saved = SECTIONS.into_iter().find(|s| *s == query.get("saved")).unwrap_or_default();
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// Back to the section that was saved.
fn saved(who: &SignedIn, section: &str) -> HttpResponse {
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    see_other(&for_shop(&format!("/settings/people?saved={section}#{section}"), choice))
}

/// Whom an invitation is for, as far as that is known.
fn display_name(it: &PendingInvitationRow) -> &str {
    if it.email.is_empty() { "Whoever has the link" } else { &it.email }
}

/// How many days an invitation can be taken up.
pub const INVITED_DAYS: i64 = 7;

/// An invitation of this secret that begins now.
pub fn invitation(token_hash: String, email: String, role: Role, by: &str, now_ms: i64) -> Invitation {
    let expires_at_ms = now_ms + INVITED_DAYS * crate::time::clock::DAY_MS;
    Invitation { token_hash, email, role, invited_by: by.to_owned(), created_at_ms: now_ms, expires_at_ms }
}
