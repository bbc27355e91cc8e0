//! `/settings/people`: the members of the shop, their roles, and open invitations.

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

struct PersonRow {
    id: String,
    name: String,
    email: String,
    photo: Option<String>,
    initials: String,
    role: Role,
    is_you: bool,
}

struct PendingInvitationRow {
    name: String,
    email: String,
    made: String,
    ends: String,
    role: Role,
}

struct OneTimeJoinLink {
    url: String,
    email: String,
}

#[derive(Template)]
#[template(path = "owner/people/page.html")]
struct PeoplePage {
    shell: Layout,
    /// The section that was just saved; empty for none.
    saved: &'static str,
    saved_more: &'static str,
    /// The section that was refused, with its errors.
    wrong_in: &'static str,
    wrong: FieldErrors,
    /// Whether the reader may change members and roles.
    decides: bool,
    people: Vec<PersonRow>,
    invited: Vec<PendingInvitationRow>,
    link: Option<OneTimeJoinLink>,
    /// The next invitation's, so that sending the form twice makes one invitation.
    secret: String,
    invite_email: String,
    invite_role: Role,
    board: share_links::ShareLinksView,
    you: profile::ProfileView,
}

/// By their names in addresses.
const SECTIONS: [&str; 4] = ["people", "invite", "board", "you"];

impl PeoplePage {
    async fn load(state: &AppState, who: &SignedIn) -> Result<Self, AppError> {
        let now_ms = state.clock.now_ms();
        let key = &who.shop.key;
        let people = members::list(&state.db, key).await?;
        let decides = who.role.may_decide();
        let invited =
            if decides { db_invitations::list_open(&state.db, key, now_ms).await? } else { Vec::new() };
        let zone = ShopZone::from_name(&who.shop.settings.time_zone);
        let invited = invited.into_iter().map(|invitation| PendingInvitationRow {
            made: zone.format_instant(invitation.created_at_ms, now_ms),
            ends: ShopZone::format_date(zone.day(invitation.expires_at_ms)),
            name: invitation.token_hash,
            email: invitation.email,
            role: invitation.role,
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

    /// The page again after a refused form.
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

pub fn photo_of(shop: &shared::ids::ShopKey, person: &Member) -> Option<String> {
    (!person.photo.is_empty()).then(|| photo_url(shop.as_str(), &person.photo))
}

pub fn initials_of(name: &str) -> String {
    crate::domain::shop_settings::ContactPerson { name: name.to_owned(), photo: None }.initials()
}

/// The role, and what it permits.
fn role_name(role: &Role) -> &'static str {
    match role {
        Role::Owner => "Owner: decides everything",
        Role::Staff => "Staff: reads and answers",
        Role::Reader => "Reads only",
    }
}

pub async fn get(
    who: SignedIn,
    query: Query<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut page = PeoplePage::load(&state, &who).await?;
    page.saved = SECTIONS.into_iter().find(|s| *s == query.get("saved")).unwrap_or_default();
    Ok(html_response::page(HttpResponse::Ok(), page.render()?))
}

/// Redirects to the section.
fn saved(who: &SignedIn, section: &str) -> HttpResponse {
    let choice = (who.shops.len() > 1).then(|| who.shop.key.as_str());
    see_other(&for_shop(&format!("/settings/people?saved={section}#{section}"), choice))
}

fn display_name(invitation: &PendingInvitationRow) -> &str {
    if invitation.email.is_empty() { "Whoever has the link" } else { &invitation.email }
}

pub const INVITATION_DAYS: i64 = 7;

pub fn invitation(token_hash: String, email: String, role: Role, by: &str, now_ms: i64) -> Invitation {
    let expires_at_ms = now_ms + INVITATION_DAYS * crate::time::clock::DAY_MS;
    Invitation { token_hash, email, role, invited_by: by.to_owned(), created_at_ms: now_ms, expires_at_ms }
}
