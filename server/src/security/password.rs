//! Passwords: argon2id, in constant time and at most two at once.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::refusal::{Code, Refusal};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Source: OWASP ASVS 5.0, 6.2.1.
pub const MIN_CHARS: usize = 8;
/// Source: OWASP ASVS 5.0, 6.2.9 (at least 64 must be allowed).
pub const MAX_CHARS: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password could not be hashed")]
    Hash,
    #[error("the work on a password was not finished")]
    Unfinished,
}

/// Each hash takes 19 MiB and a processor for a moment.
static CONCURRENT_HASHES: Semaphore = Semaphore::const_new(2);

/// Verified for an unknown address, so that the answer takes as long as for a known one.
static UNKNOWN_USER_HASH: LazyLock<String> =
    LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

/// Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, two passes, one lane).
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Option<String> {
    argon2().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// # Errors
/// [`Code::Missing`] under [`MIN_CHARS`], [`Code::TooLong`] over [`MAX_CHARS`].
pub fn validate(password: &str) -> Result<(), Refusal> {
    match password.chars().take(MAX_CHARS + 1).count() {
        n if n < MIN_CHARS => Err(Refusal::of("password", Code::Missing)),
        n if n > MAX_CHARS => Err(Refusal::of("password", Code::TooLong)),
        _ => Ok(()),
    }
}

pub async fn hash(password: String) -> Result<String, PasswordError> {
    let _turn = CONCURRENT_HASHES.acquire().await.map_err(|_| PasswordError::Unfinished)?;
    let hashed = actix_web::web::block(move || hash_now(&password)).await;
    hashed.ok().flatten().ok_or(PasswordError::Hash)
}

/// Without a hash it takes as long and returns `false`.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, PasswordError> {
    if password.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        return Ok(false);
    }
    let _turn = CONCURRENT_HASHES.acquire().await.map_err(|_| PasswordError::Unfinished)?;
    let checked = actix_web::web::block(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| UNKNOWN_USER_HASH.clone());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        known && fits
    });
    checked.await.map_err(|_| PasswordError::Unfinished)
}
