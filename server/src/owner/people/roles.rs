//! What somebody may do, and who belongs to the shop no longer: `/settings/people/role`, `/remove` and `/leave`.

use crate::db::{Tx, invitations, members, sessions, shops};
use crate::domain::change_event::ChangeEvent;
use crate::domain::role::Role;
use crate::error::AppError;
use crate::owner::auth::session::{OwnerAccess, SignedIn};
use crate::owner::people::{PeoplePage, saved};
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use crate::web::redirect::see_other;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};
use shared::ids::ShopKey;
use shared::refusal::Code;

/// Whether a shop would be left without anybody who decides.
async fn is_last_owner(tx: &mut Tx, shop: &ShopKey, person: &str) -> Result<bool, AppError> {
    let owners = members::list_owners_for_update(tx, shop).await?;
    Ok(owners.len() == 1 && owners.iter().any(|owner| owner == person))
}

/// The owners of the shop, whom nobody else changes until this transaction ends; whoever decides must still be one of them.
async fn require_owner(tx: &mut Tx, who: &SignedIn) -> Result<(), AppError> {
    let owners = members::list_owners_for_update(tx, &who.shop.key).await?;
    if owners.contains(&who.owner.id) { Ok(()) } else { Err(Code::NotYours.into()) }
}

async fn needs_an_owner(state: &AppState, who: &SignedIn) -> Result<HttpResponse, AppError> {
    let mut wrong = FieldErrors::default();
    wrong.add("people", "A shop needs somebody who decides. Make somebody else an owner first.");
    PeoplePage::load(state, who).await?.refused("people", wrong)
}

/// Lets somebody do more or less.
///
/// # Errors
/// [`AppError::NotFound`] for somebody who is none of the shop's people, or what the database says.
pub async fn role(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let (shop, person) = (&who.shop.key, form.get("person"));
    let role = Role::named(form.get("role")).ok_or(Code::Malformed)?;
    let mut tx = state.db.begin().await?;
    require_owner(&mut tx, &who).await?;
    if role != Role::Owner {
        if is_last_owner(&mut tx, shop, person).await? {
            drop(tx);
            return needs_an_owner(&state, &who).await;
        }
        invitations::revoke_all_by(&mut tx, shop, person).await?;
    }
    if !members::set_role(&mut tx, shop, person, role).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(saved(&who, "people"))
}

/// Takes somebody out of the people of the shop, and signs them out everywhere. What they said stays.
///
/// # Errors
/// [`AppError::NotFound`] for somebody who is none of the shop's people, or what the database says.
pub async fn remove(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let person = form.get("person");
    if person == who.owner.id {
        return remove_member(&state, &who).await;
    }
    let mut tx = state.db.begin().await?;
    require_owner(&mut tx, &who).await?;
    if !members::remove(&mut tx, &who.shop.key, person).await? {
        return Err(AppError::NotFound);
    }
    invitations::revoke_all_by(&mut tx, &who.shop.key, person).await?;
    sessions::delete_others(&mut tx, person, "").await?;
    tx.commit().await?;
    // Their open pages hear it, and that they hear no more.
    let _ = state.event_bus.sender().send(ChangeEvent { shop: who.shop.key.clone(), conversation: None });
    Ok(saved(&who, "people"))
}

/// Leaves the people of the shop.
///
/// # Errors
/// What the database says.
pub async fn leave(who: SignedIn, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    remove_member(&state, &who).await
}

async fn remove_member(state: &AppState, who: &SignedIn) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    if is_last_owner(&mut tx, &who.shop.key, &who.owner.id).await? {
        drop(tx);
        return needs_an_owner(state, who).await;
    }
    members::remove(&mut tx, &who.shop.key, &who.owner.id).await?;
    invitations::revoke_all_by(&mut tx, &who.shop.key, &who.owner.id).await?;
    let has_others = who.shops.len() > 1;
    if !has_others {
        sessions::delete_others(&mut tx, &who.owner.id, "").await?;
    }
    tx.commit().await?;
    // Whoever has other shops goes on there.
    let left = shops::list_by_user(&state.db, &who.owner.id).await?;
    Ok(see_other(if left.is_empty() { "/sign-in" } else { "/summary" }))
}
