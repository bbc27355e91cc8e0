//! Encrypts secrets that have to be read again, such as the password of a mail server, with a key outside of the
//! database: a copy of the database or a backup reveals nothing.

use crate::db;
use crate::files::atomic_file::AtomicFile;
use crate::files::file_lock::sibling_path;
use crate::security::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// As many as 128 random bits take in base64.
pub const KEY_MIN_CHARS: usize = 22;

/// What keys are derived for: another use or another format needs another text.
const KEY_INFO: &[u8] = b"tableside secret box, AES-256-GCM, 1";

#[derive(Clone, Default)]
pub enum SecretBox {
    /// Nothing can be sealed.
    #[default]
    None,
    /// From the operator.
    Given(String),
    /// In a file beside the database, made when it is first needed.
    File(PathBuf),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretBoxError {
    #[error("this collector has no key to seal passwords with; start it with TABLESIDE_KEY")]
    NoKey,
    #[error("{0} cannot be read or made: {1}")]
    File(PathBuf, io::Error),
    /// Also if it was sealed for another purpose, or is damaged.
    #[error("this was sealed with another key, or by an earlier version")]
    OtherKey,
}

impl SecretBox {
    /// The given key, or the file beside a SQLite database. Several collectors on one PostgreSQL have to be given the
    /// same key.
    pub fn of(given: Option<&str>, database: &str) -> Self {
        if let Some(key) = given {
            return Self::Given(key.to_owned());
        }
        let address = db::shown(database).ok();
        let file = address.as_deref().and_then(|address| address.strip_prefix("sqlite://"));
        file.map_or(Self::None, |file| Self::File(sibling_path(Path::new(file), ".key")))
    }

    pub fn can_seal(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The text opens for this purpose only.
    pub fn seal(&self, purpose: &str, text: &str, random: &dyn Random) -> Result<String, SecretBoxError> {
        let key = self.key(Some(random))?;
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = text.as_bytes().to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut sealed,
        )
        .map_err(|_| SecretBoxError::NoKey)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, SecretBoxError> {
        let key = self.key(None)?;
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| SecretBoxError::OtherKey)?;
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE_LEN>() else {
            return Err(SecretBoxError::OtherKey);
        };
        let mut sealed = sealed.to_vec();
        let opened = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose.as_bytes()), &mut sealed)
            .map_err(|_| SecretBoxError::OtherKey)?;
        String::from_utf8(opened.to_vec()).map_err(|_| SecretBoxError::OtherKey)
    }

    /// With `random`, a missing key file is made.
    fn key(&self, random: Option<&dyn Random>) -> Result<LessSafeKey, SecretBoxError> {
        let text = match self {
            Self::None => return Err(SecretBoxError::NoKey),
            Self::Given(text) => text.clone(),
            Self::File(file) => {
                let failed = |cause| SecretBoxError::File(file.clone(), cause);
                match (fs::read_to_string(file), random) {
                    (Err(cause), Some(random)) if cause.kind() == io::ErrorKind::NotFound => {
                        create_key(file, random).map_err(failed)?
                    }
                    (Err(cause), None) if cause.kind() == io::ErrorKind::NotFound => {
                        return Err(SecretBoxError::OtherKey);
                    }
                    (read, _) => read.map_err(failed)?,
                }
            }
        };
        derive(text.trim())
    }
}

/// The text is random already, so no salt is needed. Source: RFC 5869, section 3.1.
fn derive(text: &str) -> Result<LessSafeKey, SecretBoxError> {
    let random = Salt::new(HKDF_SHA256, &[]).extract(text.as_bytes());
    let key = random.expand(&[KEY_INFO], &AES_256_GCM).map_err(|_| SecretBoxError::NoKey)?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

fn create_key(file: &Path, random: &dyn Random) -> io::Result<String> {
    let text = random.secret().reveal().to_owned();
    let key_file = AtomicFile::begin(file)?;
    let mut part = fs::OpenOptions::new().write(true).open(key_file.part_path())?;
    writeln!(part, "{text}")?;
    key_file.finish()?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::random::SystemRandom;

    #[test]
    fn what_was_sealed_opens_with_the_same_key_for_the_same_purpose_and_else_not() {
        let seal = SecretBox::Given("k".repeat(KEY_MIN_CHARS));
        let sealed = seal.seal("kiln", "päss wörd", &SystemRandom).unwrap();
        assert!(!sealed.contains("päss"), "{sealed}");
        assert_eq!(seal.open("kiln", &sealed).unwrap(), "päss wörd");
        assert_ne!(seal.seal("kiln", "päss wörd", &SystemRandom).unwrap(), sealed, "never twice the same");
        let other = SecretBox::Given("j".repeat(KEY_MIN_CHARS));
        for (seal, purpose, sealed) in [
            (&other, "kiln", sealed.as_str()),
            (&seal, "oak", &sealed),
            (&seal, "kiln", ""),
            (&seal, "kiln", "AAAA"),
            (&seal, "kiln", &sealed[1..]),
        ] {
            assert!(
                matches!(seal.open(purpose, sealed), Err(SecretBoxError::OtherKey)),
                "{purpose} {sealed}"
            );
        }
        assert!(matches!(SecretBox::None.seal("kiln", "x", &SystemRandom), Err(SecretBoxError::NoKey)));
    }

    /// Versions before the first release used the SHA-256 of the text as the key.
    #[test]
    fn what_an_earlier_version_sealed_is_refused_in_words() {
        use sha2::{Digest as _, Sha256};
        let text = "k".repeat(KEY_MIN_CHARS);
        let old = Sha256::digest(["tableside seals with\0", &text].concat());
        let old = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &old).unwrap());
        let mut sealed = b"secret".to_vec();
        let nonce = Nonce::assume_unique_for_key([7; NONCE_LEN]);
        old.seal_in_place_append_tag(nonce, Aad::from(b"kiln"), &mut sealed).unwrap();
        let sealed = URL_SAFE_NO_PAD.encode([&[7; NONCE_LEN][..], &sealed].concat());
        let refused = SecretBox::Given(text).open("kiln", &sealed).unwrap_err();
        assert_eq!(refused.to_string(), "this was sealed with another key, or by an earlier version");
    }

    #[test]
    fn the_key_of_a_sqlite_file_lies_beside_it_for_its_owner_alone() {
        let folder = std::env::temp_dir().join(format!("tableside-seal-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let seal = SecretBox::of(None, &format!("sqlite://{}", folder.join("a.db").display()));
        assert!(matches!(seal.open("kiln", "AAAA"), Err(SecretBoxError::OtherKey)), "looking makes no key");
        let sealed = seal.seal("kiln", "secret", &SystemRandom).unwrap();
        assert_eq!(seal.open("kiln", &sealed).unwrap(), "secret");
        let file = folder.canonicalize().unwrap().join("a.db.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::remove_dir_all(&folder).unwrap();
        assert!(!SecretBox::of(None, "postgres://db.example/tableside").can_seal());
    }
}
