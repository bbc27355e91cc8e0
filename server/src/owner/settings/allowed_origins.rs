//! `/settings/origins` and `/settings/origins/remove`: the origins on which the tag may stand.

use crate::db::shops;
use crate::domain::allowed_origin::OriginRule;
use crate::error::AppError;
use crate::owner::auth::session::OwnerAccess;
use crate::owner::settings::SettingsPage;
use crate::state::AppState;
use crate::text::form_fields::FormFields;
use crate::web::form_errors::FieldErrors;
use actix_web::HttpResponse;
use actix_web::web::{Data, Form};

/// Every loader contains the origins.
const ORIGINS_MAX: usize = 20;

pub async fn add(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    let mut wrong = FieldErrors::default();
    let typed = form.get("origin");
    let origin = wrong.check("origin", OriginRule::parse(typed));
    let origins = shops::list_origins(&state.db, &who.shop.key).await?;
    if origins.len() >= ORIGINS_MAX {
        wrong.add("origin", "Twenty addresses are enough for one shop; please remove one first.");
    }
    let Some(origin) = origin.filter(|_| wrong.is_empty()) else {
        let mut page = SettingsPage::load(&state, &who).await?;
        page.origin = typed.to_owned();
        return page.refused("tag", wrong);
    };
    let mut tx = state.db.begin().await?;
    shops::insert_origin(&mut tx, &who.shop.key, &origin, state.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(crate::owner::settings::saved(&who, "tag"))
}

/// Removing an origin that is gone already is no error.
pub async fn remove(
    OwnerAccess(who): OwnerAccess,
    form: Form<FormFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, AppError> {
    if let Ok(origin) = OriginRule::parse(form.get("origin")) {
        let mut tx = state.db.begin().await?;
        shops::delete_origin(&mut tx, &who.shop.key, &origin).await?;
        tx.commit().await?;
    }
    Ok(crate::owner::settings::saved(&who, "tag"))
}
