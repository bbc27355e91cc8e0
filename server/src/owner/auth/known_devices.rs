//! Limits the guessing of passwords, by counting failures for each e-mail address.
//!
//! Guessing from many addresses must end, yet deliberate failures must not lock an owner out: the limit does not apply to
//! devices on which this owner has signed in before.

use crate::db::login_attempts;
use crate::db::users;
use crate::error::AppError;
use crate::security::password::Lane;
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

/// A login that counts as a failure until its password proves right.
pub struct LoginAttempt {
    address_hash: String,
    window: i64,
    /// The queue in which its password waits to be checked.
    pub lane: Lane,
}

/// Counts the attempt before its password is checked, so that attempts at the same time count each other.
/// [`Code::TooMany`] after too many failures.
pub async fn begin_attempt(
    state: &AppState,
    request: &HttpRequest,
    email: &str,
) -> Result<LoginAttempt, AppError> {
    let (address_hash, now_ms) = (address_hash(email), state.clock.now_ms());
    let window = now_ms / WINDOW_MS;
    let lane = if is_trusted(state, request, email, now_ms).await? { Lane::Known } else { Lane::Unknown };
    let mut tx = state.db.begin().await?;
    login_attempts::record(&mut tx, &address_hash, window, window - WINDOWS).await?;
    let failures = login_attempts::count(&mut tx, &address_hash, window - WINDOWS + 1).await?;
    if lane == Lane::Unknown && failures > FAILURES_MAX {
        return Err(Code::TooMany.into());
    }
    tx.commit().await?;
    Ok(LoginAttempt { address_hash, window, lane })
}

impl LoginAttempt {
    /// The password was right, or was never checked.
    pub async fn take_back(&self, state: &AppState) -> Result<(), AppError> {
        let mut tx = state.db.begin().await?;
        login_attempts::take_back(&mut tx, &self.address_hash, self.window).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn is_trusted(
    state: &AppState,
    request: &HttpRequest,
    email: &str,
    now_ms: i64,
) -> Result<bool, AppError> {
    let Some(cookie) = request.cookie(cookie_name(state)) else { return Ok(false) };
    let hash = secret_hash::hash_token(cookie.value());
    let owner = login_attempts::find_device_owner(&state.db, &hash, now_ms - TRUSTED_MS).await?;
    Ok(owner.is_some_and(|owner| owner == users::normalize_email(email)))
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
