//! Devices an owner has signed in on, and how many wrong passwords are too many elsewhere.
//!
//! Guessing from many addresses must end, but nobody may be able to lock an owner out by guessing wrongly on purpose:
//! so the count holds only for devices on which this owner has never signed in.

use crate::db::login_attempts;
use crate::db::users;
use crate::error::AppError;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::time::clock::{DAY_MS, MINUTE_MS};
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use shared::refusal::Code;

/// Wrong passwords for one address, from devices that are not known, in half an hour.
const TOO_MANY: i64 = 30;
/// What is counted together.
const QUARTER_MS: i64 = 15 * MINUTE_MS;
/// How many quarters count.
const QUARTERS: i64 = 2;
/// How long a device stays known.
const KNOWN_MS: i64 = 365 * DAY_MS;

/// Whether another password may be tried for this address from this device.
///
/// # Errors
/// [`Code::TooMany`], or what the database says.
pub async fn may_attempt(state: &AppState, request: &HttpRequest, email: &str) -> Result<(), AppError> {
    let now_ms = state.clock.now_ms();
    let since = now_ms / QUARTER_MS - QUARTERS + 1;
    if login_attempts::count(&state.db, &address_hash(email), since).await? < TOO_MANY {
        return Ok(());
    }
    let device = request.cookie(name(state)).map(|cookie| secret_hash::hash_token(cookie.value()));
    let known = match device {
        Some(hash) => login_attempts::find_device_owner(&state.db, &hash, now_ms - KNOWN_MS).await?,
        None => None,
    };
    if known.is_some_and(|known| known == users::normalize_email(email)) {
        Ok(())
    } else {
        Err(Code::TooMany.into())
    }
}

/// Counts a wrong password.
///
/// # Errors
/// What the database says.
pub async fn record_failure(state: &AppState, email: &str) -> Result<(), AppError> {
    let quarter = state.clock.now_ms() / QUARTER_MS;
    let mut tx = state.db.begin().await?;
    login_attempts::record(&mut tx, &address_hash(email), quarter, quarter - QUARTERS).await?;
    tx.commit().await?;
    Ok(())
}

/// Knows the device from now on; the cookie is what it shows next time.
///
/// # Errors
/// What the database says.
pub async fn trust(state: &AppState, owner: &str) -> Result<Cookie<'static>, AppError> {
    let (secret, now_ms) = (state.random.secret(), state.clock.now_ms());
    let mut tx = state.db.begin().await?;
    login_attempts::trust_device(
        &mut tx,
        &secret_hash::hash_token(secret.reveal()),
        owner,
        now_ms,
        now_ms - KNOWN_MS,
    )
    .await?;
    tx.commit().await?;
    Ok(Cookie::build(name(state), secret.reveal().to_owned())
        .path("/")
        .http_only(true)
        .secure(state.is_https())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::milliseconds(KNOWN_MS))
        .finish())
}

/// Under which an address is counted, whether or not anybody has it.
fn address_hash(email: &str) -> String {
    secret_hash::hash_token(&users::normalize_email(email))
}

fn name(state: &AppState) -> &'static str {
    if state.is_https() { "__Host-tableside-device" } else { "tableside-device" }
}
