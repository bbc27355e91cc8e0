//! Sessions, and the extractors by which handlers require a member and a role.

use crate::db::shops;
use crate::db::shops::Shop;
use crate::db::users;
use crate::db::users::Owner;
use crate::db::{members, sessions};
use crate::domain::role::Role;
use crate::error::AppError;
use crate::owner::auth::known_devices::{self, LoginAttempt};
use crate::security::{password, secret_hash};
use crate::state::AppState;
use crate::time::clock::{DAY_MS, MINUTE_MS};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::web::{Data, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shared::ids::ShopKey;
use shared::refusal::Code;
use std::future::Future;
use std::pin::Pin;

/// A session ends after this time without a request …
const IDLE_MS: i64 = 7 * DAY_MS;
/// … and in any case after this. Source: OWASP ASVS 5.0, 7.3.1 and 7.3.2 ask for both limits.
const ABSOLUTE_MS: i64 = 30 * DAY_MS;
/// How often the use of a session is recorded.
const TOUCH_INTERVAL_MS: i64 = 5 * MINUTE_MS;
/// How long a one-time link is valid.
pub const ONE_TIME_LINK_MS: i64 = 60 * MINUTE_MS;
/// Percent-encoded in a query, where a slash may stand. Source: RFC 3986, section 3.4.
const NEXT_ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// The member, and the shop that the page is for (`?shop=KEY`, else the first).
pub struct SignedIn {
    pub owner: Owner,
    pub shop: Shop,
    pub role: Role,
    /// Key and name of each of the member's shops.
    pub shops: Vec<(ShopKey, String)>,
}

/// A member who may reply to visitors.
pub struct MemberAccess(pub SignedIn);

/// A member who may change the shop.
pub struct OwnerAccess(pub SignedIn);

#[derive(Deserialize)]
struct ShopSwitch {
    shop: Option<String>,
}

impl FromRequest for SignedIn {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { optional(&request).await?.ok_or_else(|| to_sign_in(&request)) })
    }
}

async fn require_role(request: HttpRequest, may: fn(Role) -> bool) -> Result<SignedIn, AppError> {
    let who = optional(&request).await?.ok_or_else(|| to_sign_in(&request))?;
    if may(who.role) { Ok(who) } else { Err(Code::NotYours.into()) }
}

impl FromRequest for MemberAccess {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { require_role(request, Role::may_answer).await.map(Self) })
    }
}

impl FromRequest for OwnerAccess {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { require_role(request, Role::may_decide).await.map(Self) })
    }
}

/// `None` without a session; [`AppError::NotFound`] for a shop of others.
pub async fn optional(request: &HttpRequest) -> Result<Option<SignedIn>, AppError> {
    let state = state(request)?;
    let Some(owner) = owner_of(request, &state).await? else { return Ok(None) };
    let mut user_shops = shops::list_by_user(&state.db, &owner.id).await?;
    let choice = Query::<ShopSwitch>::from_query(request.query_string()).ok().and_then(|c| c.shop.clone());
    let index = match &choice {
        Some(key) => user_shops.iter().position(|(s, _)| s.key.as_str() == key),
        None => (!user_shops.is_empty()).then_some(0),
    };
    let names = user_shops.iter().map(|(s, _)| (s.key.clone(), s.name.clone())).collect();
    let (shop, role) = user_shops.swap_remove(index.ok_or(AppError::NotFound)?);
    Ok(Some(SignedIn { owner, shop, role, shops: names }))
}

/// Also for a member without a shop.
pub async fn signed_in_owner(request: &HttpRequest) -> Result<Option<Owner>, AppError> {
    owner_of(request, &state(request)?.into_inner()).await
}

/// Whether the session is valid and its owner still a member of the shop.
pub async fn is_valid(state: &AppState, session_hash: &str, shop: &ShopKey) -> Result<bool, AppError> {
    let now_ms = state.clock.now_ms();
    let session = sessions::find(&state.db, session_hash, now_ms - ABSOLUTE_MS, now_ms - IDLE_MS).await?;
    Ok(match session {
        Some((owner, _)) => members::find(&state.db, shop, &owner.id).await?.is_some(),
        None => false,
    })
}

fn state(request: &HttpRequest) -> Result<Data<AppState>, AppError> {
    request.app_data::<Data<AppState>>().cloned().ok_or_else(|| AppError::Internal("no house".into()))
}

async fn owner_of(request: &HttpRequest, state: &AppState) -> Result<Option<Owner>, AppError> {
    let Some(cookie) = request.cookie(cookie_name(state)) else { return Ok(None) };
    let (hash, now_ms) = (secret_hash::hash_token(cookie.value()), state.clock.now_ms());
    let session = sessions::find(&state.db, &hash, now_ms - ABSOLUTE_MS, now_ms - IDLE_MS).await?;
    let Some((owner, seen_at_ms)) = session else { return Ok(None) };
    if now_ms - seen_at_ms > TOUCH_INTERVAL_MS {
        let mut tx = state.db.begin().await?;
        sessions::touch(&mut tx, &hash, now_ms).await?;
        tx.commit().await?;
    }
    Ok(Some(owner))
}

/// Redirects to the sign-in page, which leads back.
fn to_sign_in(request: &HttpRequest) -> AppError {
    let next = request.uri().path_and_query().map_or("/summary", |p| p.as_str());
    AppError::SignedOut(format!("/sign-in?next={}", utf8_percent_encode(next, NEXT_ESCAPED)))
}

/// A path of the collector, or else the summary: sign-in must not redirect to another site.
pub fn next_or_summary(next: &str) -> &str {
    let is_ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', ':'])
        && !next.chars().any(char::is_control)
        && !next.starts_with("/sign-");
    if is_ours { next } else { "/summary" }
}

/// `__Host-` binds the cookie to this host and to https; browsers refuse the prefix without https.
/// Source: RFC 6265bis, section 4.1.3.2.
fn cookie_name(state: &AppState) -> &'static str {
    if state.is_https() { "__Host-tableside" } else { "tableside" }
}

fn cookie(state: &AppState, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(cookie_name(state), value)
        .path("/")
        .http_only(true)
        .secure(state.is_https())
        .same_site(SameSite::Lax)
        .max_age(actix_web::cookie::time::Duration::seconds(seconds))
        .finish()
}

/// Signs the owner in and trusts the device.
pub async fn start(state: &AppState, owner: &str, response: &mut HttpResponse) -> Result<(), AppError> {
    for cookie in [sign_in(state, owner).await?, known_devices::trust(state, owner).await?] {
        response.add_cookie(&cookie).map_err(|e| AppError::Internal(e.to_string()))?;
    }
    Ok(())
}

/// Always a new session, so that no session can be fixed beforehand.
async fn sign_in(state: &AppState, owner: &str) -> Result<Cookie<'static>, AppError> {
    let (secret, now_ms) = (state.random.secret(), state.clock.now_ms());
    let mut tx = state.db.begin().await?;
    sessions::delete_expired(&mut tx, now_ms - ABSOLUTE_MS, now_ms - IDLE_MS).await?;
    sessions::insert(&mut tx, &secret_hash::hash_token(secret.reveal()), owner, now_ms).await?;
    tx.commit().await?;
    Ok(cookie(state, secret.reveal().to_owned(), ABSOLUTE_MS / 1000))
}

/// Empty without a session.
pub fn session_hash(request: &HttpRequest, state: &AppState) -> String {
    request
        .cookie(cookie_name(state))
        .map(|cookie| secret_hash::hash_token(cookie.value()))
        .unwrap_or_default()
}

/// Ends the session; the returned cookie deletes the old one.
pub async fn sign_out(request: &HttpRequest, state: &AppState) -> Result<Cookie<'static>, AppError> {
    if let Some(cookie) = request.cookie(cookie_name(state)) {
        let mut tx = state.db.begin().await?;
        sessions::delete(&mut tx, &secret_hash::hash_token(cookie.value())).await?;
        tx.commit().await?;
    }
    Ok(cookie(state, String::new(), 0))
}

/// An unknown address takes as long as a wrong password.
pub async fn check(
    state: &AppState,
    email: &str,
    password: &str,
    attempt: &LoginAttempt,
) -> Result<Option<Owner>, AppError> {
    let (owner, hash) = users::find_by_email(&state.db, email).await?.unzip();
    let checked = password::verify(password.to_owned(), hash, attempt.lane).await;
    if checked != Ok(false) {
        attempt.take_back(state).await?;
    }
    let is_right = checked?;
    Ok(owner.filter(|_| is_right))
}

/// With an owner the link signs them in; without one it opens the first-run page.
pub async fn create_one_time_link(state: &AppState, owner: Option<&str>) -> Result<String, AppError> {
    let (secret, now_ms) = (state.random.secret(), state.clock.now_ms());
    let mut tx = state.db.begin().await?;
    sessions::insert_one_time_link(
        &mut tx,
        &secret_hash::hash_token(secret.reveal()),
        owner,
        now_ms,
        now_ms + ONE_TIME_LINK_MS,
    )
    .await?;
    tx.commit().await?;
    let page = if owner.is_some() { "enter" } else { "first-run" };
    Ok(format!("{}/{page}/{}", state.public_url, secret.reveal()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_away_from_us() {
        for away in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "",
            "evil",
            "/x\ny",
            "/a:b",
            "/sign-out",
        ] {
            assert_eq!(next_or_summary(away), "/summary", "{away}");
        }
        assert_eq!(next_or_summary("/responses?mood=unhappy"), "/responses?mood=unhappy");
    }
}
