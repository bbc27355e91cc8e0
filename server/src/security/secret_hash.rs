//! Hashes of secrets, stored instead of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// SHA-256 in base64url. Enough for 256 random bits, which cannot be guessed; passwords take `password.rs`.
pub fn hash_token(text: &str) -> String {
    sha256(text.as_bytes())
}

pub fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

/// Takes the same time wherever two hashes differ.
pub fn constant_time_eq(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
