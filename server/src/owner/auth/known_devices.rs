//! Limits the guessing of passwords, by counting failures for each e-mail address.
//!
//! Guessing from many addresses must end, yet deliberate failures must not lock an owner out: the limit does not apply to
//! devices on which this owner has signed in before.

use crate::db::login_attempts;
use crate::db::users;
use crate::error::AppError;
use crate::security::secret_hash;
use crate::state::AppState;
use crate::time::clock::{DAY_MS, MINUTE_MS};
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use shared::refusal::Code;

/// For one e-mail address within [`WINDOWS`] windows.
const FAILURES_MAX: i64 = 30;
const WINDOW_MS: i64 = 15 * MINUTE_MS;
const WINDOWS: i64 = 2;
/// How long a device is trusted.
const TRUSTED_MS: i64 = 365 * DAY_MS;

/// [`Code::TooMany`] after too many failures.
pub async fn may_attempt(state: &AppState, request: &HttpRequest, email: &str) -> Result<(), AppError> {
    let now_ms = state.clock.now_ms();
    let since = now_ms / WINDOW_MS - WINDOWS + 1;
    if login_attempts::count(&state.db, &address_hash(email), since).await? < FAILURES_MAX {
        return Ok(());
    }
    let device = request.cookie(cookie_name(state)).map(|cookie| secret_hash::hash_token(cookie.value()));
    let device_owner = match device {
        Some(hash) => login_attempts::find_device_owner(&state.db, &hash, now_ms - TRUSTED_MS).await?,
        None => None,
    };
    if device_owner.is_some_and(|device_owner| device_owner == users::normalize_email(email)) {
        Ok(())
    } else {
        Err(Code::TooMany.into())
    }
}

pub async fn record_failure(state: &AppState, email: &str) -> Result<(), AppError> {
    let window = state.clock.now_ms() / WINDOW_MS;
    let mut tx = state.db.begin().await?;
    login_attempts::record(&mut tx, &address_hash(email), window, window - WINDOWS).await?;
    tx.commit().await?;
    Ok(())
}

/// Trusts the device; the cookie identifies it at the next attempt.
pub async fn trust(state: &AppState, owner: &str) -> Result<Cookie<'static>, AppError> {
    let (secret, now_ms) = (state.random.secret(), state.clock.now_ms());
    let mut tx = state.db.begin().await?;
    login_attempts::trust_device(
        &mut tx,
        &secret_hash::hash_token(secret.reveal()),
        owner,
        now_ms,
        now_ms - TRUSTED_MS,
    )
    .await?;
    tx.commit().await?;
    Ok(Cookie::build(cookie_name(state), secret.reveal().to_owned())
        .path("/")
        .http_only(true)
        .secure(state.is_https())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::milliseconds(TRUSTED_MS))
        .finish())
}

/// Addresses without an account are counted too.
fn address_hash(email: &str) -> String {
    secret_hash::hash_token(&users::normalize_email(email))
}

fn cookie_name(state: &AppState) -> &'static str {
    if state.is_https() { "__Host-tableside-device" } else { "tableside-device" }
}
