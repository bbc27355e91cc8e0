//! Devices an owner has signed in on, and how many wrong passwords are too many elsewhere.
//!
//! Guessing from many addresses must end, but nobody may be able to lock an owner out by guessing wrongly on purpose:
//! so the count holds only for devices on which this owner has never signed in.

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

/// Wrong passwords for one address, from devices that are not known, in half an hour.
const TOO_MANY: i64 = 30;
/// What is counted together.
const QUARTER_MS: i64 = 15 * MINUTE_MS;
/// How many quarters count.
const QUARTERS: i64 = 2;
/// How long a device stays known.
const KNOWN_MS: i64 = 365 * DAY_MS;

/// An attempt to sign in, counted as a failure until its password proves right.
pub struct LoginAttempt {
    address_hash: String,
    quarter: i64,
    /// The queue in which its password waits to be checked.
    pub lane: Lane,
}

/// Begins an attempt. It is counted before its password is checked: attempts at the same time count each other.
///
/// # Errors
/// [`Code::TooMany`].
pub async fn begin_attempt(
    state: &AppState,
    request: &HttpRequest,
    email: &str,
) -> Result<LoginAttempt, AppError> {
    let (address_hash, now_ms) = (address_hash(email), state.clock.now_ms());
    let quarter = now_ms / QUARTER_MS;
    let lane = if is_known(state, request, email, now_ms).await? { Lane::Known } else { Lane::Unknown };
    let mut tx = state.db.begin().await?;
    login_attempts::record(&mut tx, &address_hash, quarter, quarter - QUARTERS).await?;
    let failures = login_attempts::count(&mut tx, &address_hash, quarter - QUARTERS + 1).await?;
    if lane == Lane::Unknown && failures > TOO_MANY {
        return Err(Code::TooMany.into());
    }
    tx.commit().await?;
    Ok(LoginAttempt { address_hash, quarter, lane })
}

impl LoginAttempt {
    /// Counts the attempt no longer: its password was right, or was never checked.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_back(&self, state: &AppState) -> Result<(), AppError> {
        let mut tx = state.db.begin().await?;
        login_attempts::take_back(&mut tx, &self.address_hash, self.quarter).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn is_known(
    state: &AppState,
    request: &HttpRequest,
    email: &str,
    now_ms: i64,
) -> Result<bool, AppError> {
    let Some(cookie) = request.cookie(name(state)) else { return Ok(false) };
    let hash = secret_hash::hash_token(cookie.value());
    let owner = login_attempts::find_device_owner(&state.db, &hash, now_ms - KNOWN_MS).await?;
    Ok(owner.is_some_and(|owner| owner == users::address(email)))
}

/// Knows the device from now on; the cookie is what it shows next time.
///
/// # Errors
/// What the database says.
pub async fn trust(state: &AppState, owner: &str) -> Result<Cookie<'static>, AppError> {
    let (secret, now_ms) = (state.random.secret(), state.clock.now_ms());
    let mut tx = state.db.begin().await?;
    login_attempts::know(
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
    secret_hash::hash_token(&users::address(email))
}

fn name(state: &AppState) -> &'static str {
    if state.is_https() { "__Host-tableside-device" } else { "tableside-device" }
}
