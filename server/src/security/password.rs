//! Owners' passwords: argon2id, two at once and a bounded queue behind them, always in the same time.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use shared::refusal::{Code, Refusal};
use std::sync::LazyLock;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The shortest password, in characters. Source: OWASP ASVS 5.0, 6.2.1.
pub const MIN_CHARS: usize = 8;
/// The longest password, in characters. Source: OWASP ASVS 5.0, 6.2.9 (at least 64 must be allowed).
pub const MAX_CHARS: usize = 128;

/// Why a password could not be worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The hash function refused its parameters.
    #[error("a password could not be hashed")]
    Hash,
    /// The thread that worked on it is gone.
    #[error("the work on a password was not finished")]
    Unfinished,
    /// The queue is full.
    #[error("too many passwords wait to be checked")]
    Busy,
}

/// Whose password it is, as far as the queue goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// A device on which this owner has signed in before, or an owner who is signed in.
    Known,
    /// Every other device.
    Unknown,
}

/// Two at once: each takes 19 MiB and a processor for a moment.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// How many may wait, for each lane: a flood from unknown devices leaves the places of known ones free, and each waits
/// for half a second at most.
const WAITING_MAX: usize = 16;
static KNOWN: Semaphore = Semaphore::const_new(WAITING_MAX);
static UNKNOWN: Semaphore = Semaphore::const_new(WAITING_MAX);

/// What is checked for an address without an account, so that the response takes as long as for one with an account.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now("no account has this password").unwrap_or_default());

/// Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, two passes, one lane).
fn our_params() -> Params {
    Params::new(19 * 1024, 2, 1, None).unwrap_or_default()
}

/// An allocation of more than 32 MiB is always mapped by itself, and its memory goes back to the system when it is freed.
/// A smaller one stays with the thread that made it once one of its size has been freed: twenty hashes kept 340 MB.
/// Memory that is never written does not count as resident. Source: mallopt(3), M_MMAP_THRESHOLD.
const MAPPED_BYTES: usize = 33 << 20;

fn memory(params: &Params) -> Vec<Block> {
    let mut blocks = Vec::with_capacity((MAPPED_BYTES / Block::SIZE).max(params.block_count()));
    blocks.resize(params.block_count(), Block::default());
    blocks
}

fn derive(argon2: &Argon2<'_>, password: &str, salt: &[u8], out: &mut [u8]) -> Option<Output> {
    let mut memory = memory(argon2.params());
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory).ok()?;
    Output::new(out).ok()
}

fn hash_now(password: &str) -> Option<String> {
    let (params, salt) = (our_params(), Salt::generate());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = derive(&argon2, password, &salt, &mut [0; Params::DEFAULT_OUTPUT_LEN])?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(salt),
        hash: Some(hash),
    };
    Some(hash.to_string())
}

/// `None` where the stored hash is none of argon2's.
fn verify_now(password: &str, stored: &str) -> Option<bool> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.and_then(|version| Version::try_from(version).ok())?;
    let (salt, expected) = (stored.salt?, stored.hash?);
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored).ok()?);
    let hash = derive(&argon2, password, &salt, &mut vec![0; expected.len()])?;
    // `Output` compares in constant time.
    Some(hash == expected)
}

/// Waits for a turn.
async fn turn(lane: Lane) -> Result<SemaphorePermit<'static>, PasswordError> {
    let places = match lane {
        Lane::Known => &KNOWN,
        Lane::Unknown => &UNKNOWN,
    };
    let _place = places.try_acquire().map_err(|_| PasswordError::Busy)?;
    AT_ONCE.acquire().await.map_err(|_| PasswordError::Unfinished)
}

/// Whether this may become a password.
///
/// # Errors
/// [`Code::Missing`] under [`MIN_CHARS`], [`Code::TooLong`] over [`MAX_CHARS`].
pub fn validate(password: &str) -> Result<(), Refusal> {
    match password.chars().take(MAX_CHARS + 1).count() {
        n if n < MIN_CHARS => Err(Refusal::of("password", Code::Missing)),
        n if n > MAX_CHARS => Err(Refusal::of("password", Code::TooLong)),
        _ => Ok(()),
    }
}

/// The hash that is stored.
///
/// # Errors
/// [`PasswordError::Busy`] if too many wait; no password can cause another.
pub async fn hash(password: String, lane: Lane) -> Result<String, PasswordError> {
    let _turn = turn(lane).await?;
    let hashed = actix_web::web::block(move || hash_now(&password)).await;
    hashed.ok().flatten().ok_or(PasswordError::Hash)
}

/// Whether the password belongs to the hash; without a hash it takes as long and is wrong.
///
/// # Errors
/// [`PasswordError::Busy`] if too many wait; otherwise the work could not be done.
pub async fn verify(password: String, hash: Option<String>, lane: Lane) -> Result<bool, PasswordError> {
    if password.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        return Ok(false);
    }
    let _turn = turn(lane).await?;
    let checked = actix_web::web::block(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        verify_now(&password, &hash).unwrap_or(false) && known
    });
    checked.await.map_err(|_| PasswordError::Unfinished)
}
