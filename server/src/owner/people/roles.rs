//! `/settings/people/role`, `/remove` and `/leave`.

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

/// A shop must keep an owner.
async fn is_last_owner(tx: &mut Tx, shop: &ShopKey, person: &str) -> Result<bool, AppError> {
    let owners = members::list_owners_for_update(tx, shop).await?;
    Ok(owners.len() == 1 && owners.iter().any(|owner| owner == person))
}

/// Locks the owners of the shop until the transaction ends; the one who acts must still be among them.
async fn require_owner(tx: &mut Tx, who: &SignedIn) -> Result<(), AppError> {
    let owners = members::list_owners_for_update(tx, &who.shop.key).await?;
    if owners.contains(&who.owner.id) { Ok(()) } else { Err(Code::NotYours.into()) }
}

async fn refuse_last_owner(state: &AppState, who: &SignedIn) -> Result<HttpResponse, AppError> {
    let mut wrong = FieldErrors::default();
    wrong.add("people", "A shop needs somebody who decides. Make somebody else an owner first.");
    PeoplePage::load(state, who).await?.refused("people", wrong)
}

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
            return refuse_last_owner(&state, &who).await;
        }
        invitations::revoke_all_by(&mut tx, shop, person).await?;
    }
    if !members::set_role(&mut tx, shop, person, role).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(saved(&who, "people"))
}

/// Removes a member and signs them out everywhere. Their messages stay.
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
    // The removed member's open pages connect again, and are refused.
    let _ = state.event_bus.sender().send(ChangeEvent { shop: who.shop.key.clone(), conversation: None });
    Ok(saved(&who, "people"))
}

pub async fn leave(who: SignedIn, state: Data<AppState>) -> Result<HttpResponse, AppError> {
    remove_member(&state, &who).await
}

async fn remove_member(state: &AppState, who: &SignedIn) -> Result<HttpResponse, AppError> {
    let mut tx = state.db.begin().await?;
    if is_last_owner(&mut tx, &who.shop.key, &who.owner.id).await? {
        drop(tx);
        return refuse_last_owner(state, who).await;
    }
    members::remove(&mut tx, &who.shop.key, &who.owner.id).await?;
    invitations::revoke_all_by(&mut tx, &who.shop.key, &who.owner.id).await?;
    let has_others = who.shops.len() > 1;
    if !has_others {
        sessions::delete_others(&mut tx, &who.owner.id, "").await?;
    }
    tx.commit().await?;
    // A member with other shops goes on there.
    let shops_left = shops::list_by_user(&state.db, &who.owner.id).await?;
    Ok(see_other(if shops_left.is_empty() { "/sign-in" } else { "/summary" }))
}
